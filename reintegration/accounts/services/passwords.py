"""Passwords: Argon2id with the parameters of OWASP's minimum, and one sound rule."""

import secrets
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from reintegration.accounts.models import Organisation, User
from reintegration.kernel.errors import N_, Invalid

MIN_LENGTH, MAX_LENGTH = 12, 128
STRONG_ENOUGH = 3
"""Of the marks 0 to 4 that zxcvbn gives: more than a hundred million guesses."""
# OWASP Password Storage Cheat Sheet: Argon2id, m=19 MiB, t=2, p=1.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash("nobody has this password, it only takes the same time")
_OBVIOUS = (
    *("password", "parola", "пароль", "qwerty", "123456"),
    *("moldova", "chisinau", "chișinău", "punte"),
)
_SHORTEST_WORD = 3
_EASY = {
    "repeat": N_("This password repeats the same few characters. Choose other words."),
    "sequence": N_("This password has characters in a row, such as 1234. Choose other words."),
    "spatial": N_("This password follows the keys of the keyboard. Choose other words."),
    "date": N_("This password is mostly a date. Add words that do not go together."),
}
"""What to do about the pattern that makes most of a password easy to guess."""


def hash_password(password: str) -> str:
    """Return the stored form of a password."""
    return _hasher.hash(password)


def nobodys() -> str:
    """Return the stored form of a password that nobody knows: a link by mail sets the first one."""
    return _hasher.hash(secrets.token_urlsafe(32))


def matches(password_hash: str | None, password: str) -> bool:
    """Compare; without a stored hash the same time passes, so that nobody learns who exists."""
    try:
        return _hasher.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def words_about(user: User, organisation: Organisation, *names: str) -> tuple[str, ...]:
    """Return what somebody who knows the person would try first; `names` are ours outside."""
    said = (user.name, organisation.name, *names)
    address = user.email.replace("@", ".").replace("_", ".").replace("-", ".").split(".")
    return (*address, *(word for text in said for word in text.replace("-", " ").split()))


def check_rule(password: str, *, about: Sequence[str] = ()) -> None:
    """Raise Invalid unless the password is long, hard to guess, and not made of the words `about`.

    Length and chance are what counts (OWASP ASVS 5.0, 6.2): no rules on kinds of characters.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Invalid(
            N_("A password has %(least)s to %(most)s characters. A few words in a row are good."),
            least=MIN_LENGTH,
            most=MAX_LENGTH,
            field="password",
        )
    if len(set(password.casefold())) < 5:
        raise Invalid(_EASY["repeat"], field="password")
    words = [word.casefold() for word in about if len(word) >= _SHORTEST_WORD]
    if len(_without(password, words)) < MIN_LENGTH // 2:
        raise Invalid(
            N_(
                "This password is made of your name, your e-mail, your organisation or ours."
                " Choose words that nobody connects with you."
            ),
            field="password",
        )
    found = zxcvbn(password, user_inputs=[*_OBVIOUS, *words], max_length=MAX_LENGTH)
    if found["score"] < STRONG_ENOUGH or len(_without(password, _OBVIOUS)) < MIN_LENGTH // 2:
        raise Invalid(_why_easy(found["sequence"]), field="password")


def _without(password: str, words: Sequence[str]) -> str:
    """Return what is left of a password without these words, the longest of them first."""
    bare = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        bare = bare.replace(word, "")
    return bare.strip(" -_.,")


def _why_easy(matched: Sequence[dict[str, str]]) -> str:
    longest = max(matched, key=lambda one: len(one["token"]))
    return _EASY.get(
        longest["pattern"],
        N_("This password is easy to guess. Choose words that do not go together."),
    )
