"""Tokens of providers' programs and devices. A token is shown once; only its hash is kept.

Each ends by its date, a year after it was made at the latest; its manager hears of it before.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from reintegration.accounts.models import ApiToken, Organisation
from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.queries import people
from reintegration.accounts.services import inbox
from reintegration.kernel import audit, clock, crypto, dated_rules, permissions
from reintegration.kernel.actor import Actor, ActorKind, Role
from reintegration.kernel.dated_rules import Area, DatedRule, stood
from reintegration.kernel.db import remember_actor
from reintegration.kernel.errors import N_, Invalid, NotFound, NotPermitted
from reintegration.kernel.ids import new_id
from reintegration.kernel.rule_kinds import Days, Stages
from reintegration.kernel.statements import ConstantStatement

LONGEST_LABEL = 60
TOKEN_FOR = DatedRule(
    code="accounts.token_for",
    title=N_("A token of a program ends within"),
    says=N_("Its manager makes another one before; one that has ended opens nothing."),
    area=Area.ACCESS,
    decided_by=Role.SUPERVISOR,
    kind=Days(1, 365),
    initially=timedelta(days=365),
)
ENDS_BEFORE = DatedRule(
    code="accounts.token_told_before",
    title=N_("The end of a token is told"),
    says=N_("So many days before its end the managers of a provider hear of a token, each once."),
    area=Area.ACCESS,
    decided_by=Role.SUPERVISOR,
    kind=Stages(180),
    initially=(30, 7),
)
TOKEN_ROLES = frozenset({Role.PROVIDER_RECEPTION})
"""A program does what the desk does, and nothing more."""

# One statement finds the token and tells row-level security whom it speaks for.
_SPEAK = ConstantStatement(
    text(
        "SELECT t.id, t.organisation_id, t.velocity_exempt, set_config('punte.actor', '', true),"
        " set_config('punte.roles', :roles, true),"
        " set_config('punte.organisation', t.organisation_id::text, true),"
        " clock_timestamp() AS moment, punte_edition() AS edition"
        " FROM api_token t JOIN organisation o ON o.id = t.organisation_id AND o.active"
        " WHERE t.hash = :hash AND t.revoked_at IS NULL"
        " AND t.expires_on >= (now() AT TIME ZONE 'Europe/Chisinau')::date"
    ).bindparams(bindparam("roles", value=",".join(sorted(TOKEN_ROLES))))
)


def speak_by_token(session: Session, token: str) -> Actor | None:
    """Return the actor of a living token and let the session act for it; else None."""
    asked = clock.counted()
    row = _SPEAK.run(session, {"hash": crypto.token_hash(token)}).one_or_none()
    if row is None:
        return None
    clock.hear(row.moment, asked)
    dated_rules.hear(session.connection(), row.edition)
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
    expires_on: date | None = None,
    velocity_exempt: bool = False,
) -> tuple[ApiToken, str]:
    """Make a token; the text in the answer is shown once and stored nowhere.

    It ends after `expires_on`; where nothing is said, a year from now.
    """
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
    last = clock.local_day(now) + TOKEN_FOR.on(clock.local_day(now))
    expires_on = expires_on or last
    if not clock.local_day(now) <= expires_on <= last:
        raise Invalid(
            N_("Choose a day from today to %(last)s: a token does not last longer."),
            code="expires_on",
            field="expires_on",
            last=last,
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
        expires_on=expires_on,
    )
    session.add(token)
    session.flush()
    judged_by = stood(clock.local_day(now), TOKEN_FOR)
    audit.record(session, "token:create", token, actor=actor, now=now, data=judged_by)
    return token, secret


def revoke_token(session: Session, token: ApiToken, *, actor: Actor, now: datetime) -> None:
    """Revoke a token: it opens nothing from now on."""
    permissions.demand(actor, AccountPermission.MANAGE_TOKENS)
    if token.revoked_at is None:
        token.revoked_at = now
        session.flush()
        audit.record(session, "token:revoke", token, actor=actor, now=now)


def warn_ahead(session: Session, *, now: datetime) -> int:
    """Tell the managers of providers which tokens end soon, or have ended; return how many.

    Each number of days is told once. A token that has ended opens nothing, swept or not.
    """
    today = clock.local_day(now)
    stages = ENDS_BEFORE.on(today)
    soon = session.scalars(
        select(ApiToken)
        .where(
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_on.between(
                today - timedelta(days=max(stages)), today + timedelta(days=max(stages))
            ),
        )
        .order_by(ApiToken.expires_on, ApiToken.id)
    ).all()
    managers = people.managers_of(session, {token.organisation_id for token in soon})
    messages = []
    for token in soon:
        left = (token.expires_on - today).days
        stage = str(min(days for days in stages if left <= days)) if left >= 0 else "ended"
        message = (
            N_("The token of “%(label)s” ends on %(day)s. Make another one before then.")
            if left >= 0
            else N_("The token of “%(label)s” ended on %(day)s: the program records nothing more.")
        )
        key = f"token:{token.id}:{token.expires_on}:{stage}"
        told = {"label": token.label, "day": f"{token.expires_on:%d.%m.%Y}"}
        messages += [
            inbox.Message(reader, key, message, "/redeem/tokens", told)
            for reader in managers[token.organisation_id]
        ]
    inbox.put(session, messages, now=now)
    return len(soon)


def ending(session: Session, today: date, *, limit: int) -> list[tuple[ApiToken, str]]:
    """Return what ends soon or ended lately, with the organisation's name, by its last day."""
    stages = ENDS_BEFORE.on(today)
    found = session.execute(
        select(ApiToken, Organisation.name)
        .join(Organisation, Organisation.id == ApiToken.organisation_id)
        .where(ApiToken.revoked_at.is_(None), Organisation.active.is_(True))
        .where(ApiToken.expires_on >= today - timedelta(days=min(stages)))
        .where(ApiToken.expires_on <= today + timedelta(days=max(stages)))
        .order_by(ApiToken.expires_on, ApiToken.id)
        .limit(limit)
    )
    return [(row.ApiToken, row.name) for row in found]


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
