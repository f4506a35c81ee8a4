"""Settings: one frozen value from the environment. A half-configured Punte does not start."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from reintegration import faults
from reintegration.faults import LIVE_KEYS
from reintegration.kernel.crypto import Keyring

ROOT = Path(__file__).resolve().parent.parent


class Mode(StrEnum):
    """`demo` invents everything and says so on each page; `production` refuses defaults.

    `training` is a demo for an institution's own people beside its real installation.
    """

    DEMO = "demo"
    TRAINING = "training"
    PRODUCTION = "production"


class HalfConfigured(SystemExit):
    """Something that must be set is not; the message names all of it."""


_NOWHERE = "noreply@localhost"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between one Punte and another."""

    mode: Mode
    database_url: str = field(repr=False)
    owner_url: str | None = field(repr=False)
    """The owner's role; `None` where nobody runs the commands that need it: read the property."""
    secret_key: str = field(repr=False)
    master_key: bytes = field(repr=False)
    """Seals and opens; see `read_keys`."""
    base_url: str
    service_url: str
    public_name: str
    sender: str
    exit_url: str
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = _NOWHERE
    stripe_api_key: str | None = field(default=None, repr=False)
    stripe_api_base: str | None = None
    stripe_webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    """Each destination at Stripe signs with one; while one is changed, its old and its new one."""
    backup_key: str | None = None
    """The public key to which backups are sealed; the private one is elsewhere."""
    read_keys: tuple[bytes, ...] = field(default=(), repr=False)
    """Further master keys, which open and never seal: one that comes, or one that goes."""
    port: int = 8000
    instance: Path = ROOT / "instance"
    session_idle: timedelta = timedelta(minutes=15)
    session_absolute: timedelta = timedelta(hours=8)
    database_pool: int = 4
    proxies: int = 0
    """How many proxies of our own stand in front and say who the client is."""
    papers_folder: Path | None = None
    papers_at: str | None = None
    """Where papers are in an object store, `s3://bucket/prefix`; None: in a folder."""
    clamd: str | None = None
    """Where ClamAV's daemon listens; None: no scanner is asked."""

    @property
    def database_owner_url(self) -> str:
        """Return where the owner's commands connect; raise HalfConfigured where it is kept away."""
        if self.owner_url is None:
            raise HalfConfigured(
                "This command works as the owner of the database. Set DATABASE_OWNER_URL for it"
                " alone, postgresql://owner:password@host/database; the web process and the"
                " scheduler do without."
            )
        return self.owner_url

    def new_keyring(self) -> Keyring:
        """Return the master keys as a ring that does not know the keys of the house yet."""
        return Keyring(self.master_key, self.read_keys)

    @property
    def is_demo(self) -> bool:
        """Whether all data here is invented."""
        return self.mode is not Mode.PRODUCTION

    @property
    def is_training(self) -> bool:
        """Whether people of an institution practise here, beside what is real."""
        return self.mode is Mode.TRAINING

    @property
    def cookie_mark(self) -> str:
        """What cookies of a training copy end with, so that none is taken for a real one."""
        return "-training" if self.is_training else ""

    @property
    def moves_real_money(self) -> bool:
        """Whether the key of Stripe is a live one."""
        return (self.stripe_api_key or "").startswith(LIVE_KEYS)

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies may travel over https only."""
        return self.base_url.startswith("https://")

    @property
    def separate_hosts(self) -> bool:
        """Whether staff and providers sign in on different hosts."""
        return self.base_url != self.service_url

    @property
    def hosts(self) -> list[str]:
        """Return the hosts that requests may name."""
        return sorted({urlsplit(url).hostname or "" for url in (self.base_url, self.service_url)})

    @property
    def papers(self) -> Path:
        """The folder of sealed papers."""
        return self.papers_folder or self.instance / "papers"

    @property
    def audit_log(self) -> Path:
        """The file of signed checkpoints, outside the database."""
        return self.instance / "audit-checkpoints.jsonl"


def from_environment(
    environ: Mapping[str, str], *, defaults: Callable[[Path], dict[str, str]] = lambda _: {}
) -> Settings:
    """Read the settings; raise HalfConfigured, naming everything that is missing or wrong.

    `defaults` gives what the demo does without: secrets and the embedded database of an instance
    folder, made on first use.
    """
    given = dict(environ)
    instance = Path(given.get("PUNTE_INSTANCE") or ROOT / "instance")
    mode = _checked(given)
    _refuse_folder(mode, instance)
    if mode is not Mode.PRODUCTION and ("DATABASE_URL" not in given or "SECRET_KEY" not in given):
        made = defaults(instance)
        if "DATABASE_URL" in given:
            made.pop("DATABASE_OWNER_URL", None)  # it belongs to the embedded database
        given = {**made, **given}
    owner_url = given.get("DATABASE_OWNER_URL") or _same_in_the_demo(mode, given)
    port = _count(given, "PORT")
    papers = given.get("PUNTE_PAPERS", "")
    in_a_store = papers.startswith(faults.OBJECTS)
    base_url = _address(given.get("PUNTE_BASE_URL", f"http://localhost:{port}"))
    return Settings(
        mode=mode,
        database_url=faults.psycopg(given["DATABASE_URL"]),
        owner_url=faults.psycopg(owner_url) if owner_url else None,
        secret_key=given["SECRET_KEY"],
        master_key=faults.master_key(given["PUNTE_MASTER_KEY"]),
        read_keys=tuple(map(faults.master_key, faults.several(given, faults.READ_KEYS))),
        base_url=base_url,
        service_url=_address(given.get("PUNTE_SERVICE_URL", base_url)),
        public_name=given.get("PUNTE_PUBLIC_NAME", "Punte") + _mark(mode),
        sender=given.get("PUNTE_SENDER", "Servicii") + _mark(mode),
        exit_url=given.get("PUNTE_EXIT_URL", "https://www.meteo.md/"),
        smtp_url=given.get("SMTP_URL"),
        mail_from=given.get("PUNTE_MAIL_FROM", _NOWHERE),
        stripe_api_key=given.get("STRIPE_API_KEY") or None,
        stripe_api_base=given.get("STRIPE_API_BASE") or None,
        stripe_webhook_secrets=faults.secrets_of_stripe(given),
        backup_key=given.get("PUNTE_BACKUP_KEY") or None,
        port=port,
        instance=instance,
        database_pool=_count(given, "PUNTE_DATABASE_POOL"),
        proxies=_count(given, "PUNTE_PROXIES"),
        papers_folder=Path(papers) if papers and not in_a_store else None,
        papers_at=papers if in_a_store else None,
        clamd=given.get("PUNTE_CLAMD") or None,
    )


def _checked(given: Mapping[str, str]) -> Mode:
    """Return the mode; raise HalfConfigured with all that is missing or wrong, not the first."""
    try:
        mode = Mode(given.get("PUNTE_MODE", "demo"))
    except ValueError:
        said = ("PUNTE_MODE", f"is demo, training or production, not {given['PUNTE_MODE']!r}")
        raise _refusal("These settings are wrong:", [said, *faults.unreadable(given)]) from None
    first, of_mode = _FAULTS[mode]
    _refuse(first, [*of_mode(given), *faults.unreadable(given)])
    return mode


_FAULTS = {
    Mode.DEMO: ("A demo cannot have these settings so:", faults.of_demo),
    Mode.TRAINING: ("A training copy needs these settings otherwise:", faults.of_training),
    Mode.PRODUCTION: ("Production needs these settings:", faults.of_production),
}
TRAINED_IN = "training"
"""The file that marks the folder of a training copy."""


def _refuse_folder(mode: Mode, instance: Path) -> None:
    """Keep a training copy and what is real out of each other's folder."""
    is_marked = (instance / TRAINED_IN).exists()
    if mode is Mode.PRODUCTION and is_marked:
        said = f"{instance} is the folder of a training copy: choose another one"
        _refuse(_FAULTS[mode][0], [("PUNTE_INSTANCE", said)])
    if mode is Mode.TRAINING and not is_marked:
        if instance.is_dir() and any(instance.iterdir()):
            said = f"{instance} holds something already: a training copy begins in an empty folder"
            _refuse(_FAULTS[mode][0], [("PUNTE_INSTANCE", said)])
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        (instance / TRAINED_IN).touch()


def _mark(mode: Mode) -> str:
    """Return what follows the names on everything that is printed or sent from a training copy."""
    return " · TRAINING" if mode is Mode.TRAINING else ""


def _count(given: Mapping[str, str], name: str) -> int:
    return int(given.get(name, faults.NUMBERS[name][0]))


def _same_in_the_demo(mode: Mode, given: Mapping[str, str]) -> str | None:
    return None if mode is Mode.PRODUCTION else given["DATABASE_URL"]


def _refuse(first: str, problems: Iterable[faults.Fault]) -> None:
    if found := list(dict.fromkeys(problems)):
        raise _refusal(first, found)


def _refusal(first: str, problems: Iterable[faults.Fault]) -> HalfConfigured:
    return HalfConfigured("\n".join((first, *(f"  {name}: {why}" for name, why in problems))))


def _address(url: str) -> str:
    """Return an address as browsers send it back: small letters, no slash at its end, no :443."""
    return url.rstrip("/").casefold().removesuffix(":443" if url[:5].casefold() == "https" else "")
