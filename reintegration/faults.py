"""What is missing or wrong in an environment, all of it at once, each with what to do.

Pure: names and texts come in, sentences go out; nothing is opened and nobody is called.
"""

import base64
import binascii
import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from reintegration.kernel.crypto import KEY_BYTES
from reintegration.kernel.errors import Invalid
from reintegration.kernel.recipients import recipient

Fault = tuple[str, str]
"""The name of a setting, and what is wrong with it."""
Given = Mapping[str, str]

REQUIRED_IN_PRODUCTION = {
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
REQUIRED_IN_TRAINING = {
    "PUNTE_BASE_URL": "the training copy's own address, https",
    "PUNTE_INSTANCE": "a folder of its own, such as /var/lib/punte-training",
}
_NOT_IN_TRAINING = {
    "DATABASE_URL": "a training copy has a database of its own in PUNTE_INSTANCE, and no other",
    "DATABASE_OWNER_URL": "a training copy has a database of its own in PUNTE_INSTANCE",
    "SECRET_KEY": "a training copy makes its own in PUNTE_INSTANCE: take the real one away",
    "PUNTE_MASTER_KEY": "a training copy makes its own in PUNTE_INSTANCE: take the real one away",
    "PUNTE_MASTER_KEYS_READ": "a training copy has one key of its own: take the real ones away",
    "PUNTE_PAPERS": "a training copy keeps its papers in PUNTE_INSTANCE: take the real place away",
    "PUNTE_BACKUP_KEY": "what people try is not backed up",
    "SMTP_URL": "no mail leaves a training copy: it is written to the folder outbox",
}
OTHERS = (
    *("PUNTE_MODE", "DATABASE_OWNER_URL", "PUNTE_INSTANCE", "PUNTE_PAPERS", "PUNTE_CLAMD"),
    *("PUNTE_BACKUP_KEY", "PUNTE_MASTER_KEYS_READ", "PUNTE_DATABASE_POOL", "PUNTE_PROXIES", "PORT"),
    *("STRIPE_API_KEY", "STRIPE_API_BASE", "STRIPE_WEBHOOK_SECRET"),
)
"""Settings that nobody must set."""
LIVE_KEYS = ("sk_live_", "rk_live_")
"""How a key of Stripe begins that moves real money."""
STRIPE = "https://api.stripe.com"
MOST_SECRETS = 6
"""Three destinations at Stripe, each with its old and its new secret."""
NUMBERS = {
    "PORT": ("8000", 1, 65535),
    "PUNTE_DATABASE_POOL": ("4", 1, 100),
    "PUNTE_PROXIES": ("0", 0, 9),
}
"""Whole numbers: what they are where nobody says it, the least and the most."""
_FEW = 8
"""Of fewer different signs no key is made that anybody drew at random."""
_ADDRESS = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_OURS = ("PUNTE_", "STRIPE_")
_FROM_THE_EXAMPLE = ("…", ":PASSWORD@", "user:password@")
_TELLING = re.compile(r"punte|trafi[ck]|victim|жертв|торговл|эксплуатац", re.IGNORECASE)
_LOCAL = ("localhost", "127.0.0.1", "::1")
_WEB = ("https://", "http://")
READ_KEYS = "PUNTE_MASTER_KEYS_READ"
OBJECTS = "s3://"
"""How the address of an object store begins, where papers may lie instead of in a folder."""
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9!_.*'()/-]*)?")


def unreadable(given: Given) -> Iterator[Fault]:
    """Yield what is set and cannot be read, in whatever mode."""
    yield from _numbers(given)
    yield from _keys(given)
    yield from _addresses(given)
    if _lies_in_objects(given) and not _BUCKET.fullmatch(given["PUNTE_PAPERS"]):
        said = "is a folder, or s3://bucket/prefix: a bucket has 3 to 63 small letters, figures"
        yield "PUNTE_PAPERS", f"{said}, points and hyphens"
    for name in ("PUNTE_INSTANCE", "PUNTE_PAPERS"):
        if given.get(name) and Path(given[name]).is_file():
            yield name, "is a file and must be a folder"


def of_demo(given: Given) -> Iterator[Fault]:
    """Yield what would move real money where all people are invented."""
    if given.get("STRIPE_API_KEY", "").startswith(LIVE_KEYS):
        yield "STRIPE_API_KEY", "a live key moves real money; a demo takes a test key only"


def of_training(given: Given) -> Iterator[Fault]:
    """Yield what a training copy must have, and what it must not: anything of the real one."""
    yield from _missing(given, REQUIRED_IN_TRAINING)
    yield from ((name, why) for name, why in _NOT_IN_TRAINING.items() if given.get(name))
    yield from _spelled(given)
    yield from _folders(given)
    for name in ("PUNTE_BASE_URL", "PUNTE_SERVICE_URL"):
        yield from _https(given, name)
    if given.get("STRIPE_API_KEY") and _host(given.get("STRIPE_API_BASE", "")) not in _LOCAL:
        yield "STRIPE_API_KEY", "a training copy pays through its own simulator: take the key away"


def of_production(given: Given) -> Iterator[Fault]:
    """Yield what is missing for production, and what is set to something that it cannot have."""
    yield from _missing(given, REQUIRED_IN_PRODUCTION)
    yield from _spelled(given)
    yield from _secrets(given)
    yield from _databases(given)
    yield from _hosts(given)
    yield from _mail(given)
    yield from _names(given)
    yield from _folders(given)
    yield from _backup(given)
    yield from _half_of_stripe(given)


def secrets_of_stripe(given: Given) -> tuple[str, ...]:
    """Return what destinations at Stripe sign with."""
    return several(given, "STRIPE_WEBHOOK_SECRET")


def several(given: Given, name: str) -> tuple[str, ...]:
    """Return the parts of a setting that has commas between them."""
    parts = given.get(name, "").split(",")
    return tuple(part.strip() for part in parts if part.strip())


def master_key(text: str) -> bytes:
    """Return the bytes of a master key that is none of the unreadable."""
    return base64.b64decode(text, validate=True)


def psycopg(url: str) -> str:
    """Spell the driver out: a bare postgresql:// is what other tools write."""
    for bare in ("postgres://", "postgresql://"):
        if url.startswith(bare):
            return "postgresql+psycopg://" + url.removeprefix(bare)
    return url


def _missing(given: Given, required: Mapping[str, str]) -> Iterator[Fault]:
    return ((name, why) for name, why in required.items() if not given.get(name))


def _numbers(given: Given) -> Iterator[Fault]:
    for name, (unset, least, most) in NUMBERS.items():
        text = given.get(name, unset)
        if not (text.isascii() and text.isdecimal()):
            yield name, f"is a whole number such as {unset}, not {text!r}"
        elif not least <= int(text) <= most:
            yield name, f"is a whole number from {least} to {most}, not {text}"


def _keys(given: Given) -> Iterator[Fault]:
    if (key := given.get("PUNTE_MASTER_KEY")) and (said := _unlike_a_key(key)):
        yield "PUNTE_MASTER_KEY", said
    for one in several(given, READ_KEYS):
        if said := _unlike_a_key(one):
            yield READ_KEYS, said


def _addresses(given: Given) -> Iterator[Fault]:
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
        if (url := given.get(name)) and not (url.startswith(_WEB) and _host(url)):
            yield name, "is an address such as https://objects.example.org"
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        if given.get(name) and _database(given[name]) is None:
            yield name, "is an address such as postgresql://role:password@host/database"
    if given.get("PUNTE_CLAMD") and not _is_scanner(given["PUNTE_CLAMD"]):
        said = "is an address such as unix:///run/clamav/clamd.ctl or tcp://127.0.0.1:3310"
        yield "PUNTE_CLAMD", said


def _unlike_a_key(text: str) -> str:
    try:
        length = len(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return "is not base64: make one with `openssl rand -base64 32`"
    if length != KEY_BYTES:
        return f"has {length} bytes, not {KEY_BYTES}: make one with `openssl rand -base64 32`"
    return ""


def _is_scanner(address: str) -> bool:
    parts = _split(address)
    is_file = parts.scheme == "unix" and parts.path.startswith("/")
    return is_file or bool(parts.scheme == "tcp" and parts.hostname)


def _spelled(given: Given) -> Iterator[Fault]:
    """Yield names that nobody reads, and values that were not typed to their end."""
    known = {*REQUIRED_IN_PRODUCTION, *OTHERS}
    for name in sorted(one for one in given if one.startswith(_OURS) and one not in known):
        near = difflib.get_close_matches(name, known, n=1)
        yield name, "is no setting" + (f": did you mean {near[0]}?" if near else "")
    for name in sorted(one for one in known if given.get(one)):
        value = given[name]
        if any(mark in value for mark in _FROM_THE_EXAMPLE):
            yield name, "is still the example's: put your own there"
        if _is_wrapped(value) and name not in ("STRIPE_WEBHOOK_SECRET", READ_KEYS):
            yield name, "has quotes or blanks around it: take them away"


def _is_wrapped(value: str) -> bool:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return is_quoted or value != value.strip()


def _secrets(given: Given) -> Iterator[Fault]:
    secret, key = given.get("SECRET_KEY"), given.get("PUNTE_MASTER_KEY")
    if secret and len(secret) < 32:
        yield "SECRET_KEY", "shorter than 32 characters: make one with `openssl rand -base64 48`"
    elif secret and len(set(secret)) < _FEW:
        yield "SECRET_KEY", "not random: too few different characters"
    if key and not _unlike_a_key(key) and len(set(master_key(key))) < _FEW:
        yield "PUNTE_MASTER_KEY", "not random: too few different bytes"
    for one in several(given, READ_KEYS):
        if not _unlike_a_key(one) and len(set(master_key(one))) < _FEW:
            yield READ_KEYS, "not random: too few different bytes"
    if secret and secret == key:
        yield "SECRET_KEY", "must not be PUNTE_MASTER_KEY: one that leaks would open the other"


def _databases(given: Given) -> Iterator[Fault]:
    app = _database(given.get("DATABASE_URL", ""))
    owner = _database(given.get("DATABASE_OWNER_URL", ""))
    if app is None or owner is None:
        return
    if _role(app) == _role(owner):
        yield "DATABASE_URL", "must not be the owner's; row-level security needs two"
    if app.database != owner.database:
        yield "DATABASE_OWNER_URL", "leads to another database than DATABASE_URL: set one in both"


def _hosts(given: Given) -> Iterator[Fault]:
    for name in ("PUNTE_BASE_URL", "PUNTE_SERVICE_URL", "PUNTE_EXIT_URL"):
        yield from _https(given, name, plain=name != "PUNTE_EXIT_URL")
    base, service, away = (
        _host(given.get(name, ""))
        for name in ("PUNTE_BASE_URL", "PUNTE_SERVICE_URL", "PUNTE_EXIT_URL")
    )
    if base and base == service:
        yield "PUNTE_SERVICE_URL", "staff and providers sign in on different hosts"
    if away and away in (base, service):
        yield "PUNTE_EXIT_URL", "leads back to this house: choose a site that everybody opens"


def _https(given: Given, name: str, *, plain: bool = True) -> Iterator[Fault]:
    if not (url := given.get(name)):
        return
    if not (url.startswith("https://") and _host(url)):
        yield name, "must begin with https:// and name a host"
    elif plain and (_split(url).path.strip("/") or _split(url).query or _split(url).username):
        yield name, "is an address without a path: https://host"


def _mail(given: Given) -> Iterator[Fault]:
    if given.get("PUNTE_MAIL_FROM") and not _ADDRESS.fullmatch(given["PUNTE_MAIL_FROM"]):
        yield "PUNTE_MAIL_FROM", "a bare address, such as office@example.org"
    if url := given.get("SMTP_URL"):
        parts = _split(url)
        if parts.scheme not in ("smtp", "smtps") or not _host(url) or not _has_port(parts):
            yield "SMTP_URL", "is not smtp://user:password@host:port"


def _names(given: Given) -> Iterator[Fault]:
    for name in ("PUNTE_PUBLIC_NAME", "PUNTE_SENDER", "PUNTE_MAIL_FROM"):
        if _TELLING.search(given.get(name, "")):
            yield name, "tells what this house is: choose a word that a web search does not explain"


def _folders(given: Given) -> Iterator[Fault]:
    for name in ("PUNTE_INSTANCE", "PUNTE_PAPERS"):
        if name == "PUNTE_PAPERS" and _lies_in_objects(given):
            continue
        if given.get(name) and not Path(given[name]).is_absolute():
            yield name, "is a whole path from /: services start in different folders"


def _lies_in_objects(given: Given) -> bool:
    return given.get("PUNTE_PAPERS", "").startswith(OBJECTS)


def _backup(given: Given) -> Iterator[Fault]:
    key = given.get("PUNTE_BACKUP_KEY", "")
    if key.strip().upper().startswith("AGE-SECRET-KEY-"):
        yield (
            "PUNTE_BACKUP_KEY",
            "is the private key, which this server must never have: make a new pair",
        )
    elif key:
        try:
            recipient(key)
        except Invalid:
            yield "PUNTE_BACKUP_KEY", "is no public key: one begins with age1 (`flask keys backup`)"


def _half_of_stripe(given: Given) -> Iterator[Fault]:
    """Yield what is missing or wrong of Stripe, where any of it is set."""
    key, base, secrets = (
        given.get("STRIPE_API_KEY"),
        given.get("STRIPE_API_BASE"),
        secrets_of_stripe(given),
    )
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


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _host(url: str) -> str:
    """Return the host of an address, however it is spelled; nothing where it names none."""
    return (_split(url).hostname or "").rstrip(".")


def _has_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _database(url: str) -> URL | None:
    try:
        found = make_url(psycopg(url))
    except (ArgumentError, ValueError):
        return None
    return found if found.drivername == "postgresql+psycopg" else None


def _role(url: URL) -> str:
    """Return the role that connects, however the address says it."""
    return str(url.query.get("user") or url.username)
