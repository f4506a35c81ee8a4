"""Reception works in production from devices that its manager made known, and from no other."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from reintegration.accounts.models import DeskDevice, InboxMessage, SignInSession
from reintegration.accounts.services import deputies, desk_devices, organisations, users
from reintegration.accounts.services.desk_devices import WrongDeviceCode
from reintegration.kernel import clock
from reintegration.kernel.actor import SYSTEM, Role
from reintegration.kernel.errors import Conflict, TooManyTries
from tests.accounts.hosts import SERVICE, enter
from tests.factories.cast import NOW, PASSWORD, TODAY, actor

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
HERE = "/account/device"


def make_code(session, cast, now=NOW):
    return desk_devices.make_code(session, actor=actor(session, cast.maria), label="Hol", now=now)


def admit(session, cast, who="rita", now=NOW):
    device, code = make_code(session, cast, now)
    secret = desk_devices.admit(session, code, actor=actor(session, cast.people[who]), now=now)
    return device, secret


def is_known(session, cast, secret, now=NOW):
    home = cast.provider.id
    return desk_devices.admitted(session, secret, organisation_id=home, now=now) is not None


def told(session, user):
    own = select(InboxMessage.message).where(InboxMessage.user_id == user.id)
    return session.scalars(own).all()


@pytest.fixture
def rita(two_hosts, cast):
    return enter(two_hosts, SERVICE, cast.rita.email, PASSWORD)[0]


def opens(browser):
    return browser.get("/redeem/", base_url=SERVICE).status_code == 200


def shows_code(browser, code, key="first"):
    return browser.post(HERE, data={"code": code, "form_key": key}, base_url=SERVICE)


def test_reception_works_in_production_only_from_a_device_that_was_made_known(
    two_hosts, rita, cast, session
):
    asked = rita.get("/redeem/", base_url=SERVICE)
    assert asked.location == HERE
    assert cast.maria.name in rita.get(HERE, base_url=SERVICE).text
    _, code = make_code(session, cast, clock.now())
    session.commit()
    assert shows_code(rita, code).location == "/"
    assert opens(rita)
    rita.post("/account/sign-out", base_url=SERVICE)
    enter(two_hosts, SERVICE, cast.rita.email, PASSWORD, rita)
    assert opens(rita)
    elsewhere, status = enter(two_hosts, SERVICE, cast.rita.email, PASSWORD)
    assert status == 302
    assert not opens(elsewhere)
    assert shows_code(elsewhere, code, "second").status_code == 422


def test_a_device_that_was_ended_is_dead_at_once_for_who_is_signed_in_there(rita, cast, session):
    device, code = make_code(session, cast, clock.now())
    session.commit()
    shows_code(rita, code)
    assert opens(rita)
    session.refresh(device)
    desk_devices.end(session, device, actor=actor(session, cast.maria), now=clock.now())
    session.commit()
    assert not opens(rita)
    assert rita.post("/redeem/", base_url=SERVICE).location == HERE


def test_whoever_stands_in_for_reception_needs_the_device_too_and_can_go_back(
    two_hosts, cast, session
):
    named = deputies.name(
        session,
        actor=actor(session, cast.rita),
        represented=cast.rita,
        deputy=cast.corina,
        role=Role.PROVIDER_RECEPTION,
        starts_on=TODAY,
        ends_on=TODAY,
        now=NOW,
    )
    deputies.accept(session, named, actor=actor(session, cast.corina), now=NOW)
    session.commit()
    corina = enter(two_hosts, SERVICE, cast.corina.email, PASSWORD)[0]
    assert opens(corina)
    session.execute(update(SignInSession).values(deputyship_id=named.id))
    session.commit()
    assert corina.get("/redeem/", base_url=SERVICE).location == HERE
    back = corina.post("/account/deputies/myself", data={"form_key": "back"}, base_url=SERVICE)
    assert back.location == "/account/today", back.text
    assert opens(corina)


def test_a_demo_insists_on_no_device_and_can_try_one(sign_in, cast, session):
    maria, rita = sign_in(cast.maria), sign_in(cast.rita)
    assert rita.get("/redeem/").status_code == 200
    shown = maria.post("/account/devices?lang=en", data={"label": "Hol"})
    code = shown.text.split('qr__code">')[1].split("<")[0]
    assert f"{HERE}?code={code.replace(' ', '')}" not in shown.text  # only drawn
    assert rita.post(HERE, data={"code": code}).location == "/"
    assert "Hol" in rita.get(HERE).text
    assert "Hol" in maria.get("/account/devices").text
    device = session.scalars(select(DeskDevice)).one()
    assert maria.post(f"/account/devices/{device.id}/end").status_code == 302
    assert "Hol" not in maria.get("/account/devices").text
    assert "Hol" not in rita.get(HERE).text


@pytest.mark.parametrize(
    ("who", "later"), [("rita", desk_devices.CODE_FOR), ("olga", timedelta(0))]
)
def test_a_code_serves_for_fifteen_minutes_and_its_own_provider(session, cast, who, later):
    _, code = make_code(session, cast)
    person = actor(session, cast.people[who])
    with pytest.raises(WrongDeviceCode):
        desk_devices.admit(session, code, actor=person, now=NOW + later)


def test_there_are_thirty_at_most(session, cast):
    for _ in range(desk_devices.MOST):
        make_code(session, cast)
    with pytest.raises(Conflict):
        make_code(session, cast)
    make_code(session, cast, NOW + desk_devices.CODE_FOR)


def test_a_code_serves_once_and_is_read_however_it_is_typed(session, cast):
    _, code = make_code(session, cast)
    rita, corina = actor(session, cast.rita), actor(session, cast.corina)
    typed = f" {code[:8].lower()}-{code[8:]}"
    secret = desk_devices.admit(session, typed, actor=rita, now=NOW + 14 * MINUTE)
    assert is_known(session, cast, secret)
    with pytest.raises(WrongDeviceCode):
        desk_devices.admit(session, code, actor=corina, now=NOW + 14 * MINUTE)


def test_wrong_codes_are_counted_and_right_ones_are_not(session, cast):
    rita = actor(session, cast.rita)
    for _ in range(3):
        admit(session, cast)
    for _ in range(desk_devices.PER_PERSON.tries):
        with pytest.raises(WrongDeviceCode):
            desk_devices.admit(session, "wrong", actor=rita, now=NOW)
    with pytest.raises(TooManyTries):
        admit(session, cast)


def test_a_secret_counts_for_its_own_provider_and_nothing_stands_in_the_clear(session, cast):
    device, secret = admit(session, cast)
    other = cast.other_provider.id
    assert desk_devices.admitted(session, secret, organisation_id=other, now=NOW) is None
    session.refresh(device)
    assert secret.encode() not in (device.hash, device.code_hash)
    assert any("made “%(label)s” known" in one for one in told(session, cast.maria))


def test_a_device_that_nobody_works_from_is_forgotten_after_half_a_year(session, cast):
    device, secret = admit(session, cast)
    session.commit()
    assert not desk_devices.seen(session, device, now=NOW + MINUTE)
    assert desk_devices.seen(session, device, now=NOW + DAY)
    session.commit()
    make_code(session, cast)
    last = NOW + DAY + desk_devices.KEPT_FOR
    assert is_known(session, cast, secret, last - MINUTE)
    assert not is_known(session, cast, secret, last)
    assert desk_devices.forget_old(session, last + MINUTE) == "2 devices forgotten"
    assert session.scalar(select(func.count()).select_from(DeskDevice)) == 0


def test_closing_a_provider_ends_its_devices_and_opening_it_brings_none_back(
    session, cast, sign_in
):
    _, secret = admit(session, cast)
    home = cast.rita.organisation
    asked = sign_in(cast.dan).get(f"/account/organisations/{home.id}/closed?lang=en").text
    assert "known no more: Hol." in asked
    organisations.close(session, home, actor=SYSTEM, now=NOW)
    organisations.reopen(session, home, actor=SYSTEM, now=NOW)
    assert not is_known(session, cast, secret)


def test_a_closed_account_takes_along_the_devices_that_it_made_known(session, cast, sign_in):
    _, of_rita = admit(session, cast)
    _, of_corina = admit(session, cast, "corina")
    asked = sign_in(cast.dan).get(f"/account/users/{cast.rita.id}/close?lang=en").text
    assert "known no more: Hol." in asked
    users.close(session, cast.rita, actor=actor(session, cast.dan), now=NOW)
    assert not is_known(session, cast, of_rita)
    assert is_known(session, cast, of_corina)
    assert any("has ended with the account" in one for one in told(session, cast.maria))
