"""Setting a rule: one proposes a value from a day on, another approves it before that day."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import and_
from sqlalchemy.orm import Session

from reintegration.accounts.queries.people import with_role
from reintegration.accounts.services import inbox
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import SYSTEM, Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.dated_rules import Coming, Dated, DatedList
from reintegration.kernel.db import acting_as_system
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.hooks import Change
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock
from reintegration.kernel.signing import sign, signers
from reintegration.rulebook.models import RuleVersion
from reintegration.rulebook.permissions import RulePermission
from reintegration.rulebook.queries import rules as reading
from reintegration.rulebook.states import FURTHEST

MISSED = N_("Nobody approved it before its first day.")


def propose(
    session: Session,
    rule: Dated[Any],
    *,
    actor: Actor,
    value: Any,
    first_day: date,
    reason: str,
    entry: str = "",
    is_new: bool = False,
    now: datetime,
) -> RuleVersion:
    """Propose what shall hold from `first_day` on; those who approve it are told.

    `is_new` is an entry that its list does not have yet.

    Raises Invalid for a value out of bounds, for one that holds on that day anyway, for a day that
    is not ahead; Conflict while another proposal waits, or where a value is agreed for that day.
    """
    permissions.demand(actor, RulePermission.PROPOSE)
    rule.check(value, "value", entry)
    _refuse_day(first_day, local_day(now))
    _refuse_second(session, rule, entry, first_day)
    stored = rule.kind.stored(value)
    if not reason.strip():
        raise Invalid(
            N_("Give a reason: others will need to understand this later."), field="reason"
        )
    before = rule.held(first_day, entry)
    _refuse_entry(rule, entry, is_taken=is_new and _is_known(rule, entry))
    if before is not None and rule.kind.stored(before) == stored:
        raise Invalid(N_("This is what holds on that day already."), field="value")
    _refuse_other(rule, entry, value, first_day)
    version = RuleVersion(
        id=new_id(),
        code=rule.code,
        entry=entry,
        stored=stored,
        first_day=first_day,
        decided_by=rule.decided_by,
        reason=reason.strip(),
        proposed_at=now,
    )
    sign(version, "proposed_by", actor)
    session.add(version)
    session.flush()
    _note(session, version, "propose", actor=actor, now=now)
    _ask(session, rule, version, now=now)
    return version


def approve(session: Session, version: RuleVersion, *, actor: Actor, now: datetime) -> None:
    """Let a value hold from its first day on, which must lie ahead still.

    Raises Conflict where it was decided on, is too late, or that day has another one; Invalid where
    this program, newer than the proposal, has other bounds.
    """
    lock(session, version)
    permissions.demand(actor, RulePermission.DECIDE, version)
    _must_wait(version)
    rule = reading.rule_or_404(version.code)
    if version.first_day <= local_day(now):
        raise Conflict(
            N_(
                "Its first day has come: what holds on a day is known before it begins. Propose it"
                " again for a later day."
            ),
            code="day",
        )
    rule.check(rule.kind.read(version.stored), "value", version.entry)
    _refuse_agreed(session, version.code, version.entry, version.first_day)
    sign(version, "approved_by", actor)
    version.approved_at = now
    session.flush()
    _note(session, version, "approve", actor=actor, now=now)
    _tell(session, version, "approved", N_("A rule that you proposed was approved."), now=now)


def decline(
    session: Session, version: RuleVersion, *, actor: Actor, reason: str, now: datetime
) -> None:
    """Drop a proposal; who proposed it is told why."""
    lock(session, version)
    permissions.demand(actor, RulePermission.DECIDE, version)
    _must_wait(version)
    _end(session, version, "decline", actor=actor, reason=reason, now=now)
    _tell(session, version, "declined", N_("A rule that you proposed was not approved."), now=now)


def take_back(
    session: Session, version: RuleVersion, *, actor: Actor, reason: str, now: datetime
) -> None:
    """End a proposal, or an approved value whose first day lies ahead; a past one stays."""
    lock(session, version)
    permissions.demand(actor, RulePermission.TAKE_BACK, version)
    if version.retired_at is not None:
        raise Conflict(N_("This was ended already."), code="ended")
    if version.approved_at is not None and version.first_day <= local_day(now):
        raise Conflict(
            N_("It holds since %(day)s. Propose what shall hold instead from a later day on."),
            code="day",
            day=version.first_day,
        )
    _end(session, version, "take_back", actor=actor, reason=reason, now=now)
    _tell(session, version, "ended", N_("A rule that you proposed was withdrawn."), now=now)
    withdrawn = N_("A rule that you approved was withdrawn before its first day.")
    _tell(session, version, "withdrawn", withdrawn, act="approved_by", now=now)


def lapse(session: Session, *, now: datetime) -> int:
    """Drop what nobody approved before its first day, and tell who proposed it."""
    permissions.demand(SYSTEM, RulePermission.LAPSE)
    missed = reading.lapsed(session, local_day(now))
    for version in missed:
        _end(session, version, "lapse", actor=SYSTEM, reason=MISSED, now=now)
        message = N_("Nobody approved the rule that you proposed before its first day.")
        _tell(session, version, "lapsed", message, now=now)
    return len(missed)


def consequences(session: Session, rule: Dated[Any], version: RuleVersion) -> list[Change]:
    """Return what a proposal would change, counted over everything and telling of nobody."""
    before = rule.held(version.day_before, version.entry)
    after = rule.kind.read(version.stored)
    with acting_as_system(session):
        return rule.would_change(session, Coming(version.entry, before, after, version.first_day))


def _refuse_day(first_day: date, today: date) -> None:
    if first_day <= today:
        raise Invalid(
            N_("A rule begins tomorrow at the earliest: what holds today was known before."),
            field="first_day",
        )
    if first_day > today + FURTHEST:
        raise Invalid(N_("Choose a day until %(last)s."), field="first_day", last=today + FURTHEST)


def _refuse_entry(rule: Dated[Any], entry: str, *, is_taken: bool) -> None:
    if is_taken:
        raise Invalid(N_("There is an entry of this code already."), field="entry")
    if bool(entry) != isinstance(rule, DatedList):
        raise Invalid(N_("Name the entry of the list."), field="entry")


def _is_known(rule: Dated[Any], entry: str) -> bool:
    return isinstance(rule, DatedList) and rule.knows(entry)


def _refuse_other(rule: Dated[Any], entry: str, value: Any, day: date) -> None:
    """Raise Invalid where a part of an entry changes that stays, as what was done goes by it."""
    if not isinstance(rule, DatedList) or not rule.knows(entry):
        return
    for part in rule.stays:
        if getattr(rule.said(day, entry), part) != getattr(value, part):
            raise Invalid(
                N_("This stays as it is for good. Propose an entry of another code instead."),
                field=f"value_{part}",
            )


def _refuse_second(session: Session, rule: Dated[Any], entry: str, first_day: date) -> None:
    if reading.has_version(session, rule.code, entry, reading.WAITS):
        raise Conflict(
            N_("Another proposal for this rule waits. Withdraw it first, or have it decided."),
            code="waits",
        )
    _refuse_agreed(session, rule.code, entry, first_day)


def _refuse_agreed(session: Session, code: str, entry: str, first_day: date) -> None:
    agreed = and_(reading.AGREED, RuleVersion.first_day == first_day)
    if reading.has_version(session, code, entry, agreed):
        raise Conflict(
            N_(
                "From %(day)s another value is agreed already. Choose another day, or withdraw that"
                " one first."
            ),
            code="overlap",
            field="first_day",
            day=first_day,
        )


def _must_wait(version: RuleVersion) -> None:
    if not version.waits:
        raise Conflict(N_("This was decided on already."), code="decided")


def _end(
    session: Session, version: RuleVersion, verb: str, *, actor: Actor, reason: str, now: datetime
) -> None:
    if not reason.strip():
        raise Invalid(
            N_("Give a reason: others will need to understand this later."), field="reason"
        )
    sign(version, "retired_by", actor)
    version.retired_at, version.retired_because = now, reason.strip()
    session.flush()
    _note(session, version, verb, actor=actor, now=now)


def _ask(session: Session, rule: Dated[Any], version: RuleVersion, *, now: datetime) -> None:
    readers = set(with_role(session, version.decided_by)) - signers(version, "proposed_by")
    message = N_("A rule is to change, and waits for your approval: %(rule)s.")
    inbox.notify(
        session,
        readers,
        f"rule:{version.id}:proposed",
        message,
        now=now,
        link=f"/rules/proposals/{version.id}",
        rule=rule.title,
    )


def _tell(
    session: Session,
    version: RuleVersion,
    verb: str,
    message: str,
    *,
    act: str = "proposed_by",
    now: datetime,
) -> None:
    readers = signers(version, act)
    link = f"/rules/proposals/{version.id}"
    inbox.notify(session, readers, f"rule:{version.id}:{verb}", message, now=now, link=link)


def _note(
    session: Session, version: RuleVersion, verb: str, *, actor: Actor, now: datetime
) -> None:
    audit.record(
        session,
        f"rule:{verb}",
        audit.Subject("rule", version.id),
        actor=actor,
        now=now,
        reason=version.retired_because or version.reason,
        data={
            "code": version.code,
            "entry": version.entry,
            "first_day": version.first_day.isoformat(),
            "value": version.stored,
        },
    )
