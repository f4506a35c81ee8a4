"""Rules that somebody set: values that were approved before a day, as the rulebook keeps them."""

from datetime import timedelta

from reintegration.kernel.ids import new_id
from reintegration.rulebook.models import RuleVersion
from tests.factories.cast import NOW, TODAY

LONG_AGO = TODAY - timedelta(days=400)


def set_rule(session, cast, rule, value, *, since=LONG_AGO, entry=""):
    """Let `value` hold since a day, as if Dan had proposed it and another person approved it."""
    approver = cast.sergiu if rule.decided_by == "supervisor" else cast.irina
    version = RuleVersion(
        id=new_id(),
        code=rule.code,
        entry=entry,
        value=rule.kind.stored(value),
        first_day=since,
        decided_by=rule.decided_by.value,
        reason="So it was decided",
        proposed_by=cast.dan.id,
        proposed_at=NOW - timedelta(days=900),
        approved_by=approver.id,
        approved_at=NOW - timedelta(days=899),
    )
    session.add(version)
    session.commit()
    return version
