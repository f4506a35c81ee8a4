"""Passwords: Argon2id with the parameters of OWASP's minimum, and one sound rule."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from reintegration.kernel.errors import N_, Invalid

MIN_LENGTH, MAX_LENGTH = 12, 128
# OWASP Password Storage Cheat Sheet: Argon2id, m=19 MiB, t=2, p=1.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash("nobody has this password, it only takes the same time")
_OBVIOUS = ("password", "parola", "пароль", "qwerty", "123456", "moldova", "chisinau", "chișinău")


def hash_password(password: str) -> str:
    """Return the stored form of a password."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Compare; without a stored hash the same time passes, so that nobody learns who exists."""
    try:
        return _hasher.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def check_rule(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Raise Invalid unless the password is long, not obvious, and not made of the person's words.

    Length is what counts (OWASP ASVS 5.0, 6.2): no rules on kinds of characters.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Invalid(
            N_("A password has %(least)s to %(most)s characters. A few words in a row are good."),
            least=MIN_LENGTH,
            most=MAX_LENGTH,
            field="password",
        )
    lowered = password.casefold()
    if len(set(lowered)) < 5:
        raise Invalid(
            N_("This password repeats the same few characters. Choose other words."),
            field="password",
        )
    bare = lowered
    for word in (*_OBVIOUS, *(part.casefold() for part in about if len(part) >= 3)):
        bare = bare.replace(word, "")
    if len(bare) < MIN_LENGTH // 2:
        raise Invalid(
            N_("This password is easy to guess. Choose words that do not go together."),
            field="password",
        )
