"""A handle in the address instead of the code: signed, short-lived, for one person only."""

from uuid import UUID

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from reintegration.kernel.errors import N_, NotFound
from reintegration.web.current import current_actor

LASTS_SECONDS = 15 * 60


def make_handle(voucher_id: UUID) -> str:
    """Return what the address says after a code was shown."""
    return handle_for(voucher_id, current_actor().id)


def handle_for(voucher_id: UUID, person_id: UUID | None) -> str:
    """Return the handle that leads one person to a voucher."""
    return _signer().dumps([voucher_id.hex, str(person_id)])


def read_handle(handle: str) -> UUID:
    """Return the voucher's id; raise NotFound for an old, false or somebody else's handle."""
    try:
        voucher_id, person = _signer().loads(handle, max_age=LASTS_SECONDS)
    except (BadData, ValueError, TypeError):
        raise _gone() from None
    if person != str(current_actor().id):
        raise _gone()
    return UUID(hex=voucher_id)


def _gone() -> NotFound:
    return NotFound(N_("This page is no longer open. Enter the code again."))


def _signer() -> URLSafeTimedSerializer:
    assert current_app.secret_key is not None
    return URLSafeTimedSerializer(current_app.secret_key, salt="voucher-handle")
