"""A narrow step as the system: who sees every row already is not switched to and fro."""

from sqlalchemy import event as sa_event
from sqlalchemy import text

from reintegration.kernel.actor import ANONYMOUS, OPERATOR, SYSTEM
from reintegration.kernel.db import act_as, acting, acting_as_system

_ROLES = text("SELECT current_setting('punte.roles', true)")


def switches(session, actor):
    """Return how often the database was told an actor, and whom it was told during the step."""
    act_as(session, actor)
    assert session.scalar(_ROLES) is not None
    sent = []

    def hear(_connection, _cursor, statement, *_rest):
        sent.append("set_config" in statement)

    sa_event.listen(session.get_bind(), "before_cursor_execute", hear)
    with acting_as_system(session):
        assert acting(session) == SYSTEM
        during = session.scalar(_ROLES)
    sa_event.remove(session.get_bind(), "before_cursor_execute", hear)
    assert acting(session) == actor
    return sum(sent), during


def test_somebody_becomes_the_system_and_themselves_again(session):
    assert switches(session, ANONYMOUS) == (2, "system")
    assert session.scalar(_ROLES) == ""


def test_who_sees_everything_already_stays(session):
    assert switches(session, OPERATOR) == (0, "system")
    assert session.scalar(_ROLES) == "system"
