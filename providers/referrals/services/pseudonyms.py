"""What one provider calls one person: other words at every provider."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from providers.referrals.models import Pseudonym
from reintegration.codelists.sayable_names import new_pseudonym
from reintegration.kernel.errors import N_, Conflict

_TRIES = 50


def pseudonym_for(session: Session, *, case_id: UUID, provider_id: UUID) -> str:
    """Return the words for a person at a provider, making them the first time.

    The database refuses the same words twice at one provider; others are drawn then.
    """
    for _ in range(_TRIES):
        found = session.scalar(
            select(Pseudonym.words).where(
                Pseudonym.case_id == case_id, Pseudonym.provider_id == provider_id
            )
        )
        if found is not None:
            return found
        session.execute(
            insert(Pseudonym)
            .values(case_id=case_id, provider_id=provider_id, words=new_pseudonym())
            .on_conflict_do_nothing()
        )
    raise Conflict(N_("No free words were found for this person. Try again."))
