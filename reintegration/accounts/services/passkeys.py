"""Passkeys (WebAuthn): a key on the person's device signs what we ask, for this address only.

What is asked goes to the page under a seal and comes back with the answer: it holds for some
minutes, for one purpose, and once. The device itself asks for its owner's finger, face or PIN.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import webauthn
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from reintegration.accounts.models import Passkey, User
from reintegration.accounts.permissions import AccountPermission
from reintegration.kernel import audit, crypto, permissions, tries
from reintegration.kernel.actor import Actor
from reintegration.kernel.crypto import SealBroken
from reintegration.kernel.db import acting_as_system, keyring
from reintegration.kernel.errors import N_, Conflict, Invalid, NotPermitted, TooManyTries, or_404
from reintegration.kernel.ids import new_id

ANSWER_WITHIN = timedelta(minutes=5)
MOST = 10
_ONCE = tries.Limit(tries=1, window=2 * ANSWER_WITHIN)
_REQUIRED = UserVerificationRequirement.REQUIRED


class WrongPasskey(Invalid):
    """The answer is not of a passkey that we know, or not to what was asked here and now."""

    code = "wrong_passkey"

    def __init__(self) -> None:
        super().__init__(
            N_("This passkey was not recognised here. Open the page again, or type a code."),
            field="code",
        )


@dataclass(frozen=True, slots=True)
class Relying:
    """The address that a passkey is for: its host, its origin, and what it is called."""

    host: str
    origin: str
    name: str


def is_answer(typed: str) -> bool:
    """Whether what came in the place of a code is a passkey's answer."""
    return typed.startswith("{")


def of(session: Session, user_id: UUID) -> Sequence[Passkey]:
    """Return the passkeys of a person, the oldest first."""
    with acting_as_system(session):
        found = select(Passkey).where(Passkey.user_id == user_id)
        return session.scalars(found.order_by(Passkey.made_at, Passkey.id)).all()


def own_or_404(session: Session, passkey_id: UUID, *, actor: Actor) -> Passkey:
    """Return a passkey of the actor; raise NotFound for another's."""
    own = Passkey.id == passkey_id, Passkey.user_id == actor.id
    return or_404(session.scalar(select(Passkey).where(*own)))


def ask_to_make(session: Session, user: User, *, relying: Relying, now: datetime) -> dict[str, Any]:
    """Return what a page asks a device for, so that it makes a passkey."""
    challenge, sealed = _challenge(session, f"make|{user.id}", now)
    options = webauthn.generate_registration_options(
        rp_id=relying.host,
        rp_name=relying.name,
        user_id=user.id.bytes,
        user_name=user.email,
        user_display_name=user.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED
        ),
        exclude_credentials=_listed(of(session, user.id)),
    )
    return {"asked": sealed, "options": json.loads(webauthn.options_to_json(options))}


def make(
    session: Session,
    user: User,
    *,
    actor: Actor,
    name: str,
    answer: str,
    relying: Relying,
    now: datetime,
) -> Passkey:
    """Keep a new passkey under a name; raise WrongPasskey, or Conflict when there are many."""
    permissions.demand(actor, AccountPermission.OWN_ACCOUNT)
    if actor.id != user.id:
        raise NotPermitted(permissions.REFUSAL)
    if len(of(session, user.id)) >= MOST:
        raise Conflict(N_("You have ten passkeys. Remove one that you do not use."))
    said, challenge = _answered(session, answer, f"make|{user.id}", now)
    try:
        verified = webauthn.verify_registration_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=relying.host,
            expected_origin=relying.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise WrongPasskey from None
    made = Passkey(
        id=new_id(),
        user_id=user.id,
        credential=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        name=name,
        made_at=now,
    )
    session.add(made)
    session.flush()
    _note(session, "passkey:make", made, actor, now)
    return made


def ask_to_show(
    session: Session, user_id: UUID | None, *, relying: Relying, now: datetime
) -> dict[str, Any]:
    """Return what a page asks a device to sign; of nobody in particular, without a person."""
    challenge, sealed = _challenge(session, f"show|{user_id}", now)
    known = of(session, user_id) if user_id else ()
    options = webauthn.generate_authentication_options(
        rp_id=relying.host,
        challenge=challenge,
        allow_credentials=_listed(known),
        user_verification=_REQUIRED,
    )
    return {"asked": sealed, "options": json.loads(webauthn.options_to_json(options))}


def check(
    session: Session, user_id: UUID | None, answer: str, *, relying: Relying, now: datetime
) -> UUID:
    """Return whose passkey signed, here, now, and once; raise WrongPasskey.

    With `user_id` it must be theirs.
    """
    said, challenge = _answered(session, answer, f"show|{user_id}", now)
    with acting_as_system(session):
        found = _signed_by(session, said)
        if found is None or (user_id is not None and found.user_id != user_id):
            raise WrongPasskey
        try:
            verified = webauthn.verify_authentication_response(
                credential=said,
                expected_challenge=challenge,
                expected_rp_id=relying.host,
                expected_origin=relying.origin,
                credential_public_key=found.public_key,
                credential_current_sign_count=found.sign_count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError):
            raise WrongPasskey from None
        found.sign_count, found.used_at = verified.new_sign_count, now
        return found.user_id


def remove(session: Session, passkey: Passkey, *, actor: Actor, now: datetime) -> None:
    """Let one of one's passkeys open nothing any more."""
    permissions.demand(actor, AccountPermission.OWN_ACCOUNT)
    if passkey.user_id != actor.id:
        raise NotPermitted(permissions.REFUSAL)
    session.delete(passkey)
    session.flush()
    _note(session, "passkey:remove", passkey, actor, now)


def forget(session: Session, user: User) -> None:
    """Remove all of a person; whoever calls has asked whether it may."""
    with acting_as_system(session):
        session.execute(delete(Passkey).where(Passkey.user_id == user.id))


def _note(session: Session, act: str, passkey: Passkey, actor: Actor, now: datetime) -> None:
    audit.record(session, act, audit.Subject("user", passkey.user_id), actor=actor, now=now)


def _listed(known: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one.credential) for one in known]


def _challenge(session: Session, purpose: str, now: datetime) -> tuple[bytes, str]:
    challenge = secrets.token_bytes(32)
    told = f"{int(now.timestamp())}|{challenge.hex()}"
    return challenge, keyring(session).seal_challenge(told, purpose=purpose)


def _answered(
    session: Session, answer: str, purpose: str, now: datetime
) -> tuple[dict[str, Any], bytes]:
    """Return what a device said and what it was asked, which is spent with this."""
    try:
        told = json.loads(answer)
        opened = keyring(session).unseal_challenge(told["asked"], purpose=purpose)
        asked_at, _, challenge = opened.partition("|")
        said: dict[str, Any] = dict(told["said"])
    except (SealBroken, ValueError, KeyError, TypeError):
        raise WrongPasskey from None
    if now - datetime.fromtimestamp(int(asked_at), UTC) > ANSWER_WITHIN:
        raise WrongPasskey
    spent = crypto.token_hash(challenge).hex()
    try:
        tries.spend(session, f"passkey|{spent}", _ONCE, now=now)
    except TooManyTries:
        raise WrongPasskey from None
    return said, bytes.fromhex(challenge)


def _signed_by(session: Session, said: dict[str, Any]) -> Passkey | None:
    try:
        credential = webauthn.base64url_to_bytes(str(said["id"]))
    except (KeyError, ValueError):
        return None
    return session.scalar(
        select(Passkey).where(Passkey.credential == credential).with_for_update(key_share=True)
    )
