"""One's own cases by a name, a phone or a document, through the vault.

Nothing of a name is indexed for it: the names of the caseload are opened in memory, compared, and
forgotten. What was looked for is kept as a keyed hash, so that a repeated search can be noticed and
no word be read. Outside the caseload nothing is found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from reintegration.cases.models import CaseFile
from reintegration.cases.permissions import CasePermission
from reintegration.cases.services import vault
from reintegration.cases.services.identity_index import fold_document, fold_words
from reintegration.cases.services.vault import Identity
from reintegration.kernel import audit, permissions, tries
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import keyring
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.text import plain
from reintegration.kernel.tries import Limit

SEARCHES = Limit(30, timedelta(hours=1))
SHORTEST = 3
_FEWEST_DIGITS = 6
_HASHED_AS = "search"


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: words of a name as they are written, and numbers of either kind."""

    words: frozenset[str]
    numbers: frozenset[str]

    @property
    def spelled(self) -> str:
        """Return it in one spelling, for its hash."""
        return " ".join(sorted({*fold_words(" ".join(self.words)), *self.numbers}))


def search(session: Session, *, actor: Actor, words: str, now: datetime) -> Sequence[CaseFile]:
    """Return the actor's own cases in which every word and number stands, last touched first.

    A word is one of the name, as it is written or as it sounds; a number is the document, or the
    end of the phone. Raises Invalid for nothing to look for, TooManyTries after thirty an hour.
    """
    permissions.demand(actor, CasePermission.LIST)
    sought = _sought(words)
    if actor.id is not None:
        tries.spend(session, f"identity-search|{actor.id}", SEARCHES, now=now)
    hashed = keyring(session).blind_index(_HASHED_AS, sought.spelled).hex()
    audit.record(session, "identity:search", actor=actor, now=now, data={"words": hashed})
    opened = vault.opened_caseload(session, actor=actor)
    found = [case for case, identity in opened if _fits(identity, sought)]
    return sorted(found, key=lambda case: case.updated_at, reverse=True)


def _sought(said: str) -> Sought:
    digits = "".join(one for one in said if one.isdigit())
    is_number = digits and not any(one.isalpha() for one in said)
    tokens = [said] if is_number else said.split()
    numbers = {fold_document(one) for one in tokens if any(letter.isdigit() for letter in one)}
    words = {
        word for one in tokens if not any(map(str.isdigit, one)) for word in plain(one).split()
    }
    enough = frozenset(one for one in numbers if len(one) >= SHORTEST)
    long = frozenset(word for word in words if len(word) >= SHORTEST)
    if not enough and not long:
        raise Invalid(
            N_("Write a word of a name, a phone or a document, of at least %(least)s letters."),
            code="search",
            field="words",
            least=SHORTEST,
        )
    return Sought(long, enough)


def _fits(identity: Identity, sought: Sought) -> bool:
    name = f"{identity.given_name} {identity.family_name}"
    written, heard = set(plain(name).split()), set(fold_words(name))
    words = all(word in written or set(fold_words(word)) <= heard for word in sought.words)
    return words and all(_is_number_of(identity, number) for number in sought.numbers)


def _is_number_of(identity: Identity, number: str) -> bool:
    if number == fold_document(identity.document_number):
        return True
    phone = "".join(one for one in identity.phone if one.isdigit())
    ending = number.removeprefix("373").lstrip("0")
    return number.isdigit() and len(ending) >= _FEWEST_DIGITS and phone.endswith(ending)
