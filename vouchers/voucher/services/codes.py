"""The secrets of a voucher: what is printed, what is typed, and what stays in a head.

The QR carries 128 random bits as an opaque string; the typed code has 16 symbols. Both are kept as
keyed hashes. The PIN is kept as a keyed verifier under a salt of its own and is shown once.
"""

import json
import secrets
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from reintegration.kernel.db import keyring
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.ids import new_typed_code, normalise_typed_code
from vouchers.voucher.models import Voucher
from vouchers.voucher.services import pins

_SECRET_BYTES = 16


@dataclass(frozen=True, slots=True)
class Secrets:
    """What goes on paper (`qr`, `code`) and what goes into the letter or the head (`pin`)."""

    qr: str = field(repr=False)
    code: str = field(repr=False)
    pin: str | None = field(default=None, repr=False)


def give_secrets(session: Session, voucher: Voucher, pin: str | None) -> Secrets:
    """Give the voucher fresh codes and a PIN (the person's choice, or six random digits)."""
    chosen = pins.checked_choice(pin) if pin else pins.new_pin()
    voucher.pin_salt = secrets.token_bytes(16)
    voucher.pin_verifier = keyring(session).pin_verifier(chosen, salt=voucher.pin_salt)
    made = Secrets(qr=_new_qr_secret(), code=new_typed_code(), pin=chosen)
    _store(session, voucher, made)
    return made


def move_codes(session: Session, old: Voucher, new: Voucher) -> Secrets:
    """Give a replacement fresh codes; the PIN moves with its person."""
    new.pin_salt, new.pin_verifier = old.pin_salt, old.pin_verifier
    made = Secrets(qr=_new_qr_secret(), code=new_typed_code())
    _store(session, new, made)
    return made


def printable(session: Session, voucher: Voucher) -> Secrets:
    """Return the codes for the paper; raise Conflict when the voucher can not be printed."""
    if voucher.print_sealed is None:
        raise Conflict(
            N_("This voucher cannot be printed: it is used up, has ended, or is not issued yet."),
            code="not_printable",
        )
    opened = json.loads(
        keyring(session).unseal_for_print(voucher.print_sealed, voucher_id=str(voucher.id))
    )
    return Secrets(qr=opened["qr"], code=opened["code"])


def _store(session: Session, voucher: Voucher, made: Secrets) -> None:
    keys = keyring(session)
    voucher.code_hash = keys.voucher_code(made.code)
    voucher.secret_hash = keys.voucher_code(made.qr)
    text = json.dumps({"qr": made.qr, "code": made.code})
    voucher.print_sealed = keys.seal_for_print(text, voucher_id=str(voucher.id))


def _new_qr_secret() -> str:
    """Return an opaque string that can not be taken for a typed code."""
    while True:
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        if normalise_typed_code(secret) is None:
            return secret
