"""Names leave the house only when an administrator asks and a supervisor approves, for one receiver."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from reintegration.accounts.models import InboxMessage
from reintegration.accounts.services import users
from reintegration.cases.models import NameExport
from reintegration.cases.models.name_export import USABLE_FOR, WAITS_FOR
from reintegration.cases.services import name_exports, registration
from reintegration.cases.services.vault import Identity
from reintegration.cases.states import NameExportState
from reintegration.kernel.actor import Role
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from tests.factories.cast import NOW, actor

KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"


@pytest.fixture
def made(session, cast):
    return name_exports.ask(
        session, actor=actor(session, cast.dan), public_key=KEY, reason="we move", now=NOW
    )


def test_an_administrator_asks_and_a_supervisor_approves_on_pages(session, cast, sign_in):
    asked = sign_in(cast.dan).post(
        "/name-exports/new", data={"recipient": KEY, "reason": "we move"}
    )
    assert asked.status_code == 302
    made = session.scalars(select(NameExport)).one()
    assert "sealed file" in sign_in(cast.sergiu).get("/account/today?lang=en").text
    page = sign_in(cast.sergiu).get(f"{asked.location}?lang=en").text
    assert "whoever has its private key reads all of it" in page
    approved = sign_in(cast.sergiu).post(f"/name-exports/{made.id}/approved")
    assert approved.status_code == 302
    session.refresh(made)
    assert made.state(NOW) is NameExportState.APPROVED
    acts = select(AuditEvent.action, AuditEvent.actor_id).where(
        AuditEvent.subject_type == "name_export"
    )
    assert {tuple(row) for row in session.execute(acts)} == {
        ("name_export:ask", cast.dan.id),
        ("name_export:approve", cast.sergiu.id),
    }
    assert "once" in sign_in(cast.dan).get(f"/name-exports/{made.id}?lang=en").text


def test_all_supervisors_are_asked_and_whoever_asked_hears_the_word(session, cast, made):
    name_exports.decline(session, made, actor=actor(session, cast.sergiu), now=NOW)
    told = select(InboxMessage.key, InboxMessage.user_id).where(
        InboxMessage.key.startswith(f"name_export|{made.id}")
    )
    assert {tuple(row) for row in session.execute(told)} == {
        (f"name_export|{made.id}|asked", cast.sergiu.id),
        (f"name_export|{made.id}|declined", cast.dan.id),
    }


@pytest.mark.parametrize("who", ["sergiu", "ana", "irina"])
def test_nobody_but_an_administrator_asks(session, cast, who):
    with pytest.raises(NotPermitted):
        name_exports.ask(
            session,
            actor=actor(session, getattr(cast, who)),
            public_key=KEY,
            reason="we move",
            now=NOW,
        )


@pytest.mark.parametrize("who", ["dan", "ana", "irina"])
def test_nobody_but_a_supervisor_approves(session, cast, made, who):
    with pytest.raises(NotPermitted):
        name_exports.approve(session, made, actor=actor(session, getattr(cast, who)), now=NOW)


def test_nobody_approves_what_they_asked_for_though_they_hold_both_roles(session, cast):
    users.set_roles(
        session,
        cast.sergiu,
        roles=[Role.SUPERVISOR, Role.ADMINISTRATOR],
        actor=actor(session, cast.dan),
        now=NOW,
    )
    session.refresh(cast.sergiu)
    both = actor(session, cast.sergiu)
    made = name_exports.ask(session, actor=both, public_key=KEY, reason="we move", now=NOW)
    with pytest.raises(NotPermitted):
        name_exports.approve(session, made, actor=both, now=NOW)


@pytest.mark.parametrize(
    ("key", "reason", "field"), [(f"{KEY[:-1]}q", "we move", "recipient"), (KEY, "  ", "reason")]
)
def test_a_key_with_a_slip_and_no_reason_are_refused(session, cast, key, reason, field):
    with pytest.raises(Invalid) as refused:
        name_exports.ask(
            session, actor=actor(session, cast.dan), public_key=key, reason=reason, now=NOW
        )
    assert refused.value.field == field


def test_those_alone_leave_whose_name_was_told(session, cast):
    ana = actor(session, cast.ana)
    named = registration.register(session, actor=ana, now=NOW, identity=Identity(given_name="Ion"))
    registration.register(session, actor=ana, now=NOW)
    assert [one.case_id for one in name_exports.listed(session)] == [named.id]


def test_it_waits_seven_days_and_is_used_within_one(session, cast, made):
    sergiu = actor(session, cast.sergiu)
    assert made.state(NOW + WAITS_FOR - timedelta(seconds=1)) is NameExportState.WAITING
    with pytest.raises(Conflict, match="time is over"):
        name_exports.approve(session, made, actor=sergiu, now=NOW + WAITS_FOR)
    name_exports.approve(session, made, actor=sergiu, now=NOW)
    with pytest.raises(Conflict, match="decided already"):
        name_exports.decline(session, made, actor=sergiu, now=NOW)
    assert made.state(NOW + USABLE_FOR - timedelta(seconds=1)) is NameExportState.APPROVED
    assert made.state(NOW + USABLE_FOR) is NameExportState.OVER
