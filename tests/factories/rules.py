"""Rules that somebody set: values that were approved before a day, as the rulebook keeps them."""

from datetime import timedelta

from reintegration.kernel.ids import new_id
from reintegration.rulebook.models import RuleVersion
from tests.factories.cast import NOW, TODAY

LONG_AGO = TODAY - timedelta(days=400)


def proposal(cast, rule, stored, *, first_day, **more):
    """Return what Dan proposed of a rule, as its row; it is not in a session yet."""
    return RuleVersion(
        id=new_id(),
        code=rule.code,
        stored=stored,
        first_day=first_day,
        decided_by=rule.decided_by,
        reason="So it was decided",
        proposed_by=cast.dan.id,
        **{"proposed_at": NOW, **more},
    )


def set_rule(session, cast, rule, value, *, since=LONG_AGO, entry=""):
    """Let `value` hold since a day, as if Dan had proposed it and another person approved it."""
    approver = cast.sergiu if rule.decided_by == "supervisor" else cast.irina
    version = proposal(
        cast,
        rule,
        rule.kind.stored(value),
        first_day=since,
        entry=entry,
        proposed_at=NOW - timedelta(days=900),
        approved_by=approver.id,
        approved_at=NOW - timedelta(days=899),
    )
    session.add(version)
    session.commit()
    session.connection()  # as a transaction begins, this process hears of it
    return version
