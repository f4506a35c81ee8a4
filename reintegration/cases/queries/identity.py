"""Whether something is sealed for a person: told without opening it."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from reintegration.cases.models import PersonIdentity, PersonKey

_VALUES = (
    PersonIdentity.given_name,
    PersonIdentity.family_name,
    PersonIdentity.birth_date,
    PersonIdentity.document_number,
    PersonIdentity.phone,
    PersonIdentity.address,
)


class VaultState(StrEnum):
    """What the vault holds for one person."""

    EMPTY = "empty"
    SEALED = "sealed"
    ERASED = "erased"


def vault_state(session: Session, case_id: UUID) -> VaultState:
    """Return whether nothing was told, something is sealed, or the key is destroyed."""
    has_key, has_value = session.execute(
        select(
            exists().where(PersonKey.case_id == case_id),
            exists().where(
                PersonIdentity.case_id == case_id, or_(*(value.is_not(None) for value in _VALUES))
            ),
        )
    ).one()
    if not has_key:
        return VaultState.ERASED
    return VaultState.SEALED if has_value else VaultState.EMPTY
