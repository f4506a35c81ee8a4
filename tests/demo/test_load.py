"""What the demo promises, on a small one."""

import stat

import pytest
from sqlalchemy import func, select

from demo import in_euro
from demo.timeline import at
from providers.directory.models import Offering, Provider, Site, SitePlace
from providers.directory.states import OfferingState
from reintegration.accounts.models import User
from reintegration.cases.models import CaseFile, CaseOrigin, NameExport, Note
from reintegration.cases.states import NameExportState, NoteKind
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.kernel import audit_chain, clock
from reintegration.kernel.actor import Role
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.db import keyring
from reintegration.plans.models import EmergencyStart, Milestone, Plan, PlanVersion
from reintegration.plans.states import OPEN_MILESTONE_STATES, EmergencyState, VersionState
from tests.demo.conftest import SCALE
from tests.release.pages import sign_in
from vouchers.bank.models import BankLine
from vouchers.bank.states import BankLineState
from vouchers.books.models import AccountingPeriod, Fund, OpeningBalance
from vouchers.books.queries import cut_off
from vouchers.books.states import PeriodState
from vouchers.payments.models import Claim
from vouchers.payments.states import ClaimState
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.states import RedemptionState, VoucherState

IN_EURO, MONTHS, CAME_IN = len(in_euro.FIRMS), 13, 3
"""Cases at providers that are paid in euro, at every scale, and their vouchers over the year."""

pytestmark = pytest.mark.xdist_group("demo")


def distinct(session, column) -> set:
    return set(session.scalars(select(column).distinct()))


def count(session, *conditions) -> int:
    return session.scalar(select(func.count()).where(*conditions))


def test_there_are_as_many_as_the_scale_says(read):
    today = at(clock.local_day(clock.now()), 0)  # what other tests hand out is younger
    assert count(read, CaseFile.opened_at < today) == 16 + IN_EURO + CAME_IN
    assert count(read, Voucher.created_at < today) == 60 + IN_EURO * MONTHS


def test_months_are_closed_but_the_last_that_is_over_which_waits_for_an_approver(read):
    listed = read.scalars(select(AccountingPeriod).order_by(AccountingPeriod.month)).all()
    over = [one for one in listed if one.state != PeriodState.OPEN]
    assert [one.state for one in over[:-1]] == [PeriodState.CLOSED] * (len(over) - 1)
    assert over[-1].state is PeriodState.PREPARED
    assert len(listed) - len(over) in (1, 2)
    closed = over[:-1]
    assert any(cut_off.sums(read, one.month, one.last_day) for one in closed)
    (opening,) = read.scalars(select(OpeningBalance))
    assert opening.as_of > closed[-1].last_day


def test_cases_came_in_with_their_plans_and_balances_and_a_way_out_wait_for_a_second_person(read):
    brought = select(CaseOrigin.case_id)
    assert len(read.scalars(brought).all()) == CAME_IN
    assert count(read, Plan.case_id.in_(brought), Plan.approved_at.is_(None)) == CAME_IN - 1
    (opening,) = read.scalars(select(OpeningBalance))
    assert opening.waits
    (asked,) = read.scalars(select(NameExport))
    assert asked.state(clock.now()) is NameExportState.WAITING


def test_providers_stand_in_every_unit_and_in_every_state_of_vetting(read):
    assert distinct(read, SitePlace.territorial_unit) == set(TERRITORIAL_UNITS)
    assert len(TERRITORIAL_UNITS) == 37
    assert distinct(read, Offering.state) == {state.value for state in OfferingState}
    assert 38 <= count(read, Provider.id.is_not(None)) <= 44
    assert count(read, Site.confidential) == 1


def test_three_funds_count_in_two_currencies_and_both_are_spent(read):
    assert sorted(read.scalars(select(Fund.currency))) == ["EUR", "MDL", "MDL", "USD"]
    assert distinct(read, Voucher.currency) == {"MDL", "EUR"}


def test_vouchers_stand_in_every_state_over_the_year(read):
    states = distinct(read, Voucher.state)
    assert states >= {state.value for state in VoucherState}
    first = clock.local_day(read.scalar(select(func.min(Voucher.created_at))))
    last = clock.local_day(read.scalar(select(func.max(Voucher.created_at))))
    assert (last - first).days > 240


def test_there_is_work_for_everybody(read):
    today = clock.local_day(clock.now())
    late = count(
        read,
        Milestone.due_on < today,
        Milestone.state.in_([state.value for state in OPEN_MILESTONE_STATES]),
    )
    assert late
    assert count(read, Claim.state == ClaimState.DISPUTED.value)
    assert count(read, BankLine.state == BankLineState.EXCEPTION.value)
    assert count(read, PlanVersion.state == VersionState.SUBMITTED.value)
    assert count(read, Voucher.state == VoucherState.DRAFT.value)
    assert count(read, EmergencyStart.state == EmergencyState.PENDING.value)
    assert count(read, Redemption.state == RedemptionState.UNCONFIRMED.value)


def test_what_is_rare_on_a_page_is_there_too(read):
    again = PlanVersion.state == VersionState.SUBMITTED.value, PlanVersion.number > 1
    assert count(read, *again)
    waits = EmergencyStart.state == EmergencyState.PENDING.value
    assert count(read, waits, EmergencyStart.ratify_by < clock.now())
    assert count(read, waits, EmergencyStart.ratify_by > clock.now())
    assert count(read, Note.kind == NoteKind.SAFETY.value)
    assert count(read, AuditEvent.action == "plan:review")
    assert count(read, Plan.review_on > clock.local_day(clock.now()))


def test_the_books_and_the_trail_hold(demo, read):
    while audit_chain.seal(read, keyring(read), now=clock.now(), log=demo.settings.audit_log):
        read.commit()  # what other tests did here waits too, the longer the slower they are
    for command in (("ledger", "check"), ("audit", "verify")):
        result = demo.run(*command)
        assert result.exit_code == 0, result.output


def test_sign_ins_are_for_their_owner_only_and_there_is_one_for_each_role(demo):
    assert stat.S_IMODE(demo.logins_file.stat().st_mode) == 0o600
    assert all(len(login) == 4 for login in demo.logins)
    desk = {Role.PROVIDER_RECEPTION, Role.PROVIDER_COORDINATOR}
    assert all((len(secret) == 32) is (role not in desk) for role, _, _, secret in demo.logins)
    assert {login[0] for login in demo.logins} == {role.value for role in Role}
    assert sum(login[0] == Role.VETTING_OFFICER for login in demo.logins) == 2
    assert all(login[1].endswith("@demo.example") for login in demo.logins)


@pytest.mark.parametrize("number", [0, 6, 14])
def test_a_sign_in_opens_a_page_that_says_demo(demo, number):
    client = sign_in(demo.app, *demo.logins[number][1:])
    page = client.get("/", follow_redirects=True)
    assert page.status_code == 200
    assert "DEMO" in page.text
    assert "/account/sign-out" in page.text


def test_the_code_of_a_sign_in_is_printed_for_whoever_has_no_app(demo):
    _role, email, password, _secret = demo.logins[0]
    client = demo.app.test_client()
    answer = client.post("/account/sign-in", data={"email": email, "password": password})
    assert answer.location.startswith("/account/second-factor")
    told = demo.run("demo", "code", email.upper())
    assert told.exit_code == 0, told.output
    assert client.post("/account/second-factor", data={"code": told.output}).location == "/"


def test_no_code_is_printed_for_who_is_asked_for_none(demo):
    told = demo.run("demo", "code", "nobody@demo.example")
    assert told.exit_code == 1
    assert "is asked for no code" in told.output


def test_every_address_of_an_account_is_an_invented_one(read):
    assert {email.partition("@")[2] for email in read.scalars(select(User.email))} == {
        "demo.example"
    }


def test_a_filled_database_is_left_alone(demo, read):
    before = demo.logins_file.read_bytes(), count(read, User.id.is_not(None))
    read.rollback()
    quiet = demo.run("demo", "load", "--if-empty", "--scale", str(SCALE))
    assert quiet.exit_code == 0, quiet.output
    assert quiet.output == ""
    refused = demo.run("demo", "load", "--scale", str(SCALE))
    assert refused.exit_code == 1
    assert "demo reset" in refused.output
    assert (demo.logins_file.read_bytes(), count(read, User.id.is_not(None))) == before
