"""Tokens of providers' programs and devices. A token is shown once; only its hash is kept."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from reintegration.accounts.models import ApiToken
from reintegration.accounts.permissions import AccountPermission
from reintegration.kernel import audit, crypto, permissions
from reintegration.kernel.actor import Actor, ActorKind, Role
from reintegration.kernel.db import remember_actor
from reintegration.kernel.errors import N_, Invalid, NotFound, NotPermitted
from reintegration.kernel.ids import new_id
from reintegration.kernel.statements import ConstantStatement

LONGEST_LABEL = 60
TOKEN_ROLES = frozenset({Role.PROVIDER_RECEPTION})
"""A program does what the desk does, and nothing more."""

# One statement finds the token and tells row-level security whom it speaks for.
_SPEAK = ConstantStatement(
    text(
        "SELECT t.id, t.organisation_id, t.velocity_exempt, set_config('punte.actor', '', true),"
        " set_config('punte.roles', :roles, true),"
        " set_config('punte.organisation', t.organisation_id::text, true)"
        " FROM api_token t JOIN organisation o ON o.id = t.organisation_id AND o.active"
        " WHERE t.hash = :hash AND t.revoked_at IS NULL"
    ).bindparams(bindparam("roles", value=",".join(sorted(TOKEN_ROLES))))
)


def speak_by_token(session: Session, token: str) -> Actor | None:
    """Return the actor of a living token and let the session act for it; else None."""
    row = _SPEAK.run(session, {"hash": crypto.token_hash(token)}).one_or_none()
    if row is None:
        return None
    actor = Actor(
        id=None,
        kind=ActorKind.TOKEN,
        name="token",
        roles=TOKEN_ROLES,
        organisation_id=row.organisation_id,
        token_id=row.id,
        velocity_exempt=row.velocity_exempt,
    )
    remember_actor(session, actor)
    return actor


def create_token(
    session: Session,
    *,
    actor: Actor,
    organisation_id: UUID | None,
    label: str,
    now: datetime,
    velocity_exempt: bool = False,
) -> tuple[ApiToken, str]:
    """Make a token; the text in the answer is shown once and stored nowhere."""
    permissions.demand(actor, AccountPermission.MANAGE_TOKENS)
    if organisation_id is None or (actor.is_provider and actor.organisation_id != organisation_id):
        raise NotPermitted(permissions.REFUSAL)
    name = " ".join(label.split())
    if not 0 < len(name) <= LONGEST_LABEL:
        raise Invalid(
            N_("Name the program or the device, in %(limit)s characters at most."),
            code="label",
            field="label",
            limit=LONGEST_LABEL,
        )
    secret = crypto.random_token()
    token = ApiToken(
        id=new_id(),
        hash=crypto.token_hash(secret),
        label=name,
        organisation_id=organisation_id,
        velocity_exempt=velocity_exempt,
        created_at=now,
        created_by=actor.id,
    )
    session.add(token)
    session.flush()
    audit.record(session, "token:create", token, actor=actor, now=now)
    return token, secret


def revoke_token(session: Session, token: ApiToken, *, actor: Actor, now: datetime) -> None:
    """Revoke a token: it opens nothing from now on."""
    permissions.demand(actor, AccountPermission.MANAGE_TOKENS)
    if token.revoked_at is None:
        token.revoked_at = now
        session.flush()
        audit.record(session, "token:revoke", token, actor=actor, now=now)


def tokens_of(session: Session, organisation_id: UUID | None) -> Sequence[ApiToken]:
    """Return the tokens of an organisation, living ones first."""
    return session.scalars(
        select(ApiToken)
        .where(ApiToken.organisation_id == organisation_id)
        .order_by(ApiToken.revoked_at.is_not(None), ApiToken.created_at.desc(), ApiToken.id)
    ).all()


def token_or_404(session: Session, actor: Actor, token_id: UUID) -> ApiToken:
    """Return a token of the actor's own organisation, or raise NotFound."""
    token = session.get(ApiToken, token_id)
    if token is None or token.organisation_id != actor.organisation_id:
        raise NotFound
    return token
