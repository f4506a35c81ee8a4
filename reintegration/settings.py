"""Settings: one frozen value from the environment. A half-configured Punte does not start."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from reintegration.kernel.crypto import Keyring

ROOT = Path(__file__).resolve().parent.parent


class Mode(StrEnum):
    """`demo` invents everything and says so on each page; `production` refuses defaults."""

    DEMO = "demo"
    PRODUCTION = "production"


class HalfConfigured(SystemExit):
    """Something that must be set is not; the message names all of it."""


_REQUIRED_IN_PRODUCTION = {
    "DATABASE_URL": "the application's database role (not the owner)",
    "SECRET_KEY": "signs cookies; at least 32 random characters",
    "PUNTE_MASTER_KEY": "32 random bytes, base64; kept outside the database",
    "PUNTE_BASE_URL": "the staff's address, https",
    "PUNTE_SERVICE_URL": "the providers' address, https, on another host",
    "PUNTE_PUBLIC_NAME": "the name that the outside sees; nothing a web search explains",
    "PUNTE_SENDER": "the sender of messages; neutral",
    "PUNTE_EXIT_URL": "where the quick exit leads",
    "SMTP_URL": "where mail goes out, smtp://user:password@host:port",
    "PUNTE_MAIL_FROM": "the address that mail comes from; neutral",
}
_NOWHERE = "noreply@localhost"
LIVE_KEYS = ("sk_live_", "rk_live_")
"""How a key of Stripe begins that moves real money."""
STRIPE = "https://api.stripe.com"
MOST_SECRETS = 6
"""Three destinations at Stripe, each with its old and its new secret."""
_READ = "PUNTE_MASTER_KEYS_READ"
_FEW = 8
"""Of fewer different signs no key is made that anybody drew at random."""
_OBJECTS = "s3://"
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()/-]*)?")
_ADDRESS = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


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
        return self.mode is Mode.DEMO

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
    instance = Path(given.get("PUNTE_INSTANCE", ROOT / "instance"))
    mode = _mode(given.get("PUNTE_MODE", "demo"))
    _refuse_gaps(mode, given)
    if mode is Mode.DEMO and ("DATABASE_URL" not in given or "SECRET_KEY" not in given):
        made = defaults(instance)
        if "DATABASE_URL" in given:
            made.pop("DATABASE_OWNER_URL", None)  # it belongs to the embedded database
        given = {**made, **given}
    owner_url = given.get("DATABASE_OWNER_URL") or _same_in_the_demo(mode, given)
    port = _count(given, "PORT", "8000")
    papers = given.get("PUNTE_PAPERS", "")
    base_url = _address(given.get("PUNTE_BASE_URL", f"http://localhost:{port}"))
    return Settings(
        mode=mode,
        database_url=_psycopg(given["DATABASE_URL"]),
        owner_url=_psycopg(owner_url) if owner_url else None,
        secret_key=given["SECRET_KEY"],
        master_key=_master_key(given["PUNTE_MASTER_KEY"]),
        read_keys=tuple(_master_key(one, _READ) for one in _several(given, _READ)),
        base_url=base_url,
        service_url=_address(given.get("PUNTE_SERVICE_URL", base_url)),
        public_name=given.get("PUNTE_PUBLIC_NAME", "Punte"),
        sender=given.get("PUNTE_SENDER", "Servicii"),
        exit_url=given.get("PUNTE_EXIT_URL", "https://www.meteo.md/"),
        smtp_url=given.get("SMTP_URL"),
        mail_from=given.get("PUNTE_MAIL_FROM", _NOWHERE),
        stripe_api_key=given.get("STRIPE_API_KEY") or None,
        stripe_api_base=given.get("STRIPE_API_BASE") or None,
        stripe_webhook_secrets=_secrets(given),
        backup_key=given.get("PUNTE_BACKUP_KEY") or None,
        port=port,
        instance=instance,
        database_pool=_count(given, "PUNTE_DATABASE_POOL", "4"),
        proxies=_count(given, "PUNTE_PROXIES", "0"),
        papers_folder=Path(papers) if papers and not papers.startswith(_OBJECTS) else None,
        papers_at=_bucket(papers) if papers.startswith(_OBJECTS) else None,
        clamd=_scanner(given.get("PUNTE_CLAMD", "")),
    )


def _bucket(address: str) -> str:
    if not _BUCKET.fullmatch(address):
        raise HalfConfigured(
            "PUNTE_PAPERS is a folder, or s3://bucket/prefix: a bucket has 3 to 63 small letters,"
            " figures, points and hyphens"
        )
    return address


def _scanner(address: str) -> str | None:
    parts = urlsplit(address)
    is_file = parts.scheme == "unix" and parts.path.startswith("/")
    if address and not is_file and not (parts.scheme == "tcp" and parts.hostname):
        raise HalfConfigured(
            "PUNTE_CLAMD is an address such as unix:///run/clamav/clamd.ctl or tcp://127.0.0.1:3310"
        )
    return address or None


def _count(given: Mapping[str, str], name: str, unset: str) -> int:
    text = given.get(name, unset)
    if not (text.isascii() and text.isdecimal()):
        raise HalfConfigured(f"{name} is a whole number such as {unset}, not {text!r}")
    return int(text)


def _mode(text: str) -> Mode:
    try:
        return Mode(text)
    except ValueError:
        raise HalfConfigured(f"PUNTE_MODE is demo or production, not {text!r}") from None


def _same_in_the_demo(mode: Mode, given: Mapping[str, str]) -> str | None:
    return given["DATABASE_URL"] if mode is Mode.DEMO else None


def _refuse_gaps(mode: Mode, given: Mapping[str, str]) -> None:
    if mode is Mode.DEMO:
        _refuse("A demo cannot have these settings:", _real_money(given))
        return
    missing = [(name, why) for name, why in _REQUIRED_IN_PRODUCTION.items() if not given.get(name)]
    wrong = [*missing, *_impossible(given), *_half_of_stripe(given)]
    _refuse("Production needs these settings:", wrong)


def _refuse(first: str, problems: Iterable[tuple[str, str]]) -> None:
    lines = [f"  {name}: {why}" for name, why in problems]
    if lines:
        raise HalfConfigured("\n".join((first, *lines)))


def _impossible(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what is set to something that production cannot have, and why."""
    secret = given.get("SECRET_KEY")
    if secret and len(secret) < 32:
        yield "SECRET_KEY", "shorter than 32 characters"
    elif secret and len(set(secret)) < _FEW:
        yield "SECRET_KEY", "not random: too few different characters"
    key = given.get("PUNTE_MASTER_KEY")
    if key and len(set(_master_key(key))) < _FEW:
        yield "PUNTE_MASTER_KEY", "not random: too few different bytes"
    if any(len(set(_master_key(one, _READ))) < _FEW for one in _several(given, _READ)):
        yield _READ, "not random: too few different bytes"
    for name in ("PUNTE_BASE_URL", "PUNTE_SERVICE_URL", "PUNTE_EXIT_URL"):
        if given.get(name) and not (given[name].startswith("https://") and _host(given[name])):
            yield name, "must begin with https:// and name a host"
    base, service = given.get("PUNTE_BASE_URL"), given.get("PUNTE_SERVICE_URL")
    if base and service and _host(base) == _host(service):
        yield "PUNTE_SERVICE_URL", "staff and providers sign in on different hosts"
    app, owner = given.get("DATABASE_URL"), given.get("DATABASE_OWNER_URL")
    if app and owner and _role(app) == _role(owner):
        yield "DATABASE_URL", "must not be the owner's; row-level security needs two"
    if given.get("PUNTE_MAIL_FROM") and not _ADDRESS.fullmatch(given["PUNTE_MAIL_FROM"]):
        yield "PUNTE_MAIL_FROM", "a bare address, such as office@example.org"


def _real_money(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what would move real money where all people are invented."""
    if given.get("STRIPE_API_KEY", "").startswith(LIVE_KEYS):
        yield "STRIPE_API_KEY", "a live key moves real money; a demo takes a test key only"


def _half_of_stripe(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what is missing or wrong of Stripe, where any of it is set."""
    key, base, secrets = given.get("STRIPE_API_KEY"), given.get("STRIPE_API_BASE"), _secrets(given)
    if key and not key.startswith(LIVE_KEYS):
        yield "STRIPE_API_KEY", "not a live key (rk_live_… or sk_live_…); a test key moves no money"
    if key and not secrets:
        yield "STRIPE_WEBHOOK_SECRET", "unset: what becomes of the money would not be heard"
    if secrets and not key:
        yield "STRIPE_API_KEY", "unset, and STRIPE_WEBHOOK_SECRET is set: set both or none"
    if len(secrets) > MOST_SECRETS or not all(one.startswith("whsec_") for one in secrets):
        yield "STRIPE_WEBHOOK_SECRET", f"whsec_…, at most {MOST_SECRETS} with a comma between them"
    if base and base.rstrip("/") != STRIPE:
        yield "STRIPE_API_BASE", f"must be {STRIPE}, or unset: another one only pretends to pay"


def _secrets(given: Mapping[str, str]) -> tuple[str, ...]:
    return _several(given, "STRIPE_WEBHOOK_SECRET")


def _several(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    parts = given.get(name, "").split(",")
    return tuple(part.strip() for part in parts if part.strip())


def _address(url: str) -> str:
    """Return an address as browsers send it back: small letters, no slash at its end, no :443."""
    return url.rstrip("/").casefold().removesuffix(":443" if url[:5].casefold() == "https" else "")


def _host(url: str) -> str:
    """Return the host of an address, however it is spelled; nothing where it names none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _role(url: str) -> str:
    """Return the role that connects, however the address says it."""
    try:
        found = make_url(_psycopg(url))
    except ArgumentError:
        raise HalfConfigured(
            "DATABASE_URL is an address such as postgresql://role:password@host/database"
        ) from None
    return str(found.query.get("user") or found.username)


def _master_key(text: str, name: str = "PUNTE_MASTER_KEY") -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise HalfConfigured(f"{name} is not base64") from None
    if len(key) != 32:
        raise HalfConfigured(f"{name} has {len(key)} bytes, not 32")
    return key


def _psycopg(url: str) -> str:
    """Spell the driver out: a bare postgresql:// is what other tools write."""
    for bare in ("postgres://", "postgresql://"):
        if url.startswith(bare):
            return "postgresql+psycopg://" + url.removeprefix(bare)
    return url
