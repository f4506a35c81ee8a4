"""Languages and access, in words."""

from typing import Any

from flask_babel import gettext as _

from reintegration.codelists.languages import Locale
from reintegration.codelists.people import AccessNeed


def languages(codes: Any) -> str:
    """Return languages by their own names."""
    return ", ".join(Locale(code).label for code in codes)


def access(needs: Any) -> str:
    """Return access needs in words."""
    return ", ".join(_(AccessNeed(one).label) for one in needs)
