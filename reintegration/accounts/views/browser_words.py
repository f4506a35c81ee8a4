"""What a browser is called on its owner's page: its name and its system, and nothing finer."""

from flask_babel import gettext as _

_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""The first that fits: each of the later ones is named by those before it, too."""
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def told(device: str) -> str:
    """Return such as “Firefox, Windows” for what a browser said of itself."""
    found = (_first(device, _BROWSERS), _first(device, _SYSTEMS))
    return ", ".join(name for name in found if name) or str(_("Another program"))


def _first(device: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in names if sign in device), "")
