"""A person names a deputy for days; the deputy accepts, acts for them, and it ends."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from reintegration.accounts.models import Deputyship, InboxMessage, UserRole
from reintegration.accounts.services import actors, deputies, users
from reintegration.accounts.states import DeputyshipState
from reintegration.kernel.actor import Role
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from tests.factories.cast import NOW, TODAY, actor, make_person
from tests.factories.deputies import deputy_of, make_deputyship

SOON = TODAY + timedelta(days=3)


def told(session, user):
    found = select(InboxMessage.message).where(InboxMessage.user_id == user.id)
    return " ".join(session.scalars(found))


def name(session, cast, *, by=None, of=None, deputy=None, role=Role.FINANCE_APPROVER, **days):
    represented = of or cast.alina
    return deputies.name(
        session,
        actor=actor(session, by or represented),
        represented=represented,
        deputy=deputy or cast.radu,
        role=role,
        starts_on=days.get("starts_on", TODAY),
        ends_on=days.get("ends_on", SOON),
        now=NOW,
    )


def test_a_deputy_acts_only_once_they_accepted(session, cast):
    named = make_deputyship(session, cast.alina, cast.radu, accepted=False)
    assert named.state(TODAY) is DeputyshipState.WAITING
    assert not named.holds(TODAY)
    assert "asks you to stand in" in told(session, cast.radu)
    deputies.accept(session, named, actor=actor(session, cast.radu), now=NOW)
    assert named.holds(TODAY)
    assert "stands in for you" in told(session, cast.alina)


def test_it_holds_from_the_first_day_to_the_last_both_included(session, cast):
    named = make_deputyship(
        session, cast.alina, cast.radu, starts_on=TODAY + timedelta(days=1), ends_on=SOON
    )
    days = [TODAY + timedelta(days=number) for number in range(5)]
    assert [named.holds(day) for day in days] == [False, True, True, True, False]


def test_a_declined_one_never_holds_and_the_person_is_told(session, cast):
    named = make_deputyship(session, cast.alina, cast.radu, accepted=False)
    deputies.decline(session, named, actor=actor(session, cast.radu), now=NOW)
    assert named.state(TODAY) is DeputyshipState.DECLINED
    assert "cannot stand in" in told(session, cast.alina)
    with pytest.raises(Conflict):
        deputies.accept(session, named, actor=actor(session, cast.radu), now=NOW)


@pytest.mark.parametrize("side", ["alina", "radu", "dan"])
def test_either_side_and_an_administrator_end_it_at_once(session, cast, side):
    named = make_deputyship(session, cast.alina, cast.radu)
    deputies.end(session, named, actor=actor(session, getattr(cast, side)), now=NOW)
    assert not named.holds(TODAY)


def test_nobody_else_ends_or_answers_it(session, cast):
    named = make_deputyship(session, cast.alina, cast.radu, accepted=False)
    for act in (deputies.end, deputies.accept, deputies.decline):
        with pytest.raises(NotPermitted):
            act(session, named, actor=actor(session, cast.petru), now=NOW)


def test_an_administrator_names_one_for_somebody_ill_and_both_are_told(session, cast):
    name(session, cast, by=cast.dan)
    assert "was asked to stand in for you" in told(session, cast.alina)
    assert "asks you to stand in" in told(session, cast.radu)


def test_a_supervisor_names_one_for_whom_they_supervise_and_for_nobody_else(session, cast):
    name(session, cast, by=cast.sergiu, of=cast.ana, deputy=cast.calin, role=Role.CASE_MANAGER)
    with pytest.raises(NotPermitted):
        name(session, cast, by=cast.sergiu)


def test_nobody_makes_themselves_the_deputy_of_somebody_else(session, cast):
    with pytest.raises(Invalid):
        name(session, cast, by=cast.dan, deputy=cast.dan)
    session.commit()
    cast.calin.supervisor_id = cast.sergiu.id
    with pytest.raises(Invalid):
        name(
            session, cast, by=cast.sergiu, of=cast.calin, deputy=cast.sergiu, role=Role.CASE_MANAGER
        )


def test_a_sign_in_sits_at_no_desk_that_is_not_its_persons(session, cast):
    named = make_deputyship(session, cast.alina, cast.radu)
    assert not actors.may_sit(cast.petru, named)
    assert actors.may_sit(cast.radu, named)


def test_nobody_names_a_deputy_for_a_colleague(session, cast):
    with pytest.raises(NotPermitted):
        name(session, cast, by=cast.petru)


def test_a_deputy_names_no_deputy_for_what_they_were_lent(session, cast):
    lent = deputy_of(session, cast.alina, cast.radu)
    with pytest.raises(NotPermitted):
        deputies.name(
            session,
            actor=lent,
            represented=cast.radu,
            deputy=cast.petru,
            role=Role.FINANCE_RELEASER,
            starts_on=TODAY,
            ends_on=SOON,
            now=NOW,
        )


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"starts_on": TODAY - timedelta(days=1)}, "starts_on"),
        ({"ends_on": TODAY - timedelta(days=1)}, "ends_on"),
        ({"ends_on": TODAY + deputies.LONGEST.initially}, "ends_on"),
    ],
)
def test_days_that_cannot_be_are_refused_at_their_field(session, cast, days, field):
    with pytest.raises(Invalid) as refused:
        name(session, cast, **days)
    assert refused.value.field == field


def test_a_role_that_the_person_does_not_have_is_not_lent(session, cast):
    with pytest.raises(Invalid):
        name(session, cast, role=Role.ADMINISTRATOR)


def test_a_deputy_is_somebody_else_of_the_same_place(session, cast):
    for somebody in (cast.rita, cast.alina):
        with pytest.raises(Invalid):
            name(session, cast, deputy=somebody)


def test_who_administers_does_not_read_the_trail_as_a_deputy(session, cast):
    with pytest.raises(Invalid):
        name(session, cast, of=cast.irina, deputy=cast.dan, role=Role.AUDITOR)


def test_the_same_person_is_not_asked_twice_for_a_day(session, cast):
    name(session, cast)
    with pytest.raises(Conflict):
        name(session, cast, starts_on=SOON, ends_on=SOON)


def test_it_ends_when_the_role_is_taken_away(session, cast):
    second = make_person("second", cast.programme, "Doina Rusu", Role.FINANCE_APPROVER)
    session.add(second)
    named = make_deputyship(session, cast.alina, cast.radu)
    users.set_roles(
        session, cast.alina, actor=actor(session, cast.dan), roles=[Role.AUDITOR], now=NOW
    )
    assert named.ended_at is not None


@pytest.mark.parametrize("who", ["represented", "deputy"])
def test_it_ends_when_either_account_is_closed(session, cast, who):
    named = make_deputyship(session, cast.petru, cast.calin)
    session.commit()
    users.close(session, getattr(named, who), actor=actor(session, cast.dan), now=NOW)
    assert named.ended_at is not None


def test_both_are_told_a_day_ahead_once(session, cast):
    make_deputyship(session, cast.alina, cast.radu, ends_on=TODAY + timedelta(days=1))
    for _ in range(2):
        assert deputies.warn_ahead(session, now=NOW) == 1
    for person in (cast.alina, cast.radu):
        assert told(session, person).count("Tomorrow is the last day") == 1


def test_the_database_lends_no_role_that_is_not_held(session, cast):
    session.add(
        Deputyship(
            id=cast.alina.id,
            represented_id=cast.alina.id,
            deputy_id=cast.radu.id,
            role=Role.ADMINISTRATOR,
            starts_on=TODAY,
            ends_on=TODAY,
            named_at=NOW,
        )
    )
    with pytest.raises(IntegrityError, match="role that is not held"):
        session.flush()
    session.rollback()


# --- on the pages


def sit_down(browser, named):
    return browser.post(f"/account/deputies/{named.id}/acting")


def test_a_person_names_a_deputy_on_their_own_page(session, cast, sign_in):
    browser = sign_in(cast.alina)
    sent = browser.post(
        "/account/deputies/new",
        data={
            "deputy": str(cast.radu.id),
            "role": "finance_approver",
            "starts_on": TODAY.isoformat(),
            "ends_on": SOON.isoformat(),
        },
    )
    assert sent.status_code == 302
    assert "Radu Ceban" in browser.get("/account/deputies?lang=en").text
    asked = sign_in(cast.radu).get("/account/today?lang=en").text
    assert "Alina Moraru asks you to stand in." in asked


def test_at_the_desk_a_deputy_has_that_role_and_no_other(session, cast, sign_in):
    named = make_deputyship(session, cast.alina, cast.calin)
    browser = sign_in(cast.calin)
    assert browser.get("/batches/").status_code == 403
    sit_down(browser, named)
    page = browser.get("/account/today?lang=en").text
    assert "You act for Alina Moraru: Finance, approval" in page
    assert browser.get("/cases/").status_code == 403
    browser.post("/account/deputies/myself")
    assert browser.get("/cases/").status_code == 200


def test_a_seat_is_lost_with_the_deputyship(session, cast, sign_in):
    named = make_deputyship(session, cast.alina, cast.calin)
    browser = sign_in(cast.calin)
    sit_down(browser, named)
    deputies.end(session, named, actor=actor(session, cast.alina), now=NOW)
    assert "You act for Alina Moraru:" not in browser.get("/account/today?lang=en").text
    assert browser.get("/cases/").status_code == 200


def test_nobody_sits_down_where_they_do_not_stand_in(session, cast, sign_in):
    named = make_deputyship(session, cast.alina, cast.calin)
    assert sit_down(sign_in(cast.petru), named).status_code == 404
    waiting = make_deputyship(session, cast.petru, cast.calin, accepted=False)
    assert sit_down(sign_in(cast.calin), waiting).status_code == 409


def test_the_trail_says_for_whom_and_finds_it_by_both(session, cast, sign_in):
    named = make_deputyship(session, cast.alina, cast.calin)
    browser = sign_in(cast.calin)
    sit_down(browser, named)
    rows = select(AuditEvent).where(AuditEvent.action == "deputyship:begin_acting")
    (event,) = session.scalars(rows)
    assert (event.actor_id, event.for_id) == (cast.calin.id, cast.alina.id)
    for words in ("Rusu", "Moraru"):
        trail = sign_in(cast.irina).get(
            f"/account/audit?lang=en&action=deputyship:begin_acting&actor={words}"
        )
        assert "Călin Rusu for Alina Moraru" in trail.text


def test_a_provider_lends_its_roles_too(session, cast, sign_in):
    cast.rita.roles.append(UserRole(role=Role.PROVIDER_BOOKKEEPER))
    named = make_deputyship(session, cast.boris, cast.corina, Role.PROVIDER_BOOKKEEPER)
    browser = sign_in(cast.corina)
    sit_down(browser, named)
    assert "You act for Boris Lupu" in browser.get("/account/today?lang=en").text
