"""One person alone posts small fees of the bank, counted together; a second person the rest."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from reintegration.accounts.models import InboxMessage
from reintegration.kernel.errors import Invalid, NotPermitted
from tests.at_once import at_once
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.payments import as_system
from vouchers.bank.models import BankLine
from vouchers.bank.services import endings, reconciliation
from vouchers.bank.services.statement_import import import_file

FIRST = TODAY.replace(day=1)


@pytest.fixture
def debits(session, cast):
    """Lines that took so many bani from an account on a day."""

    def make(*taken: tuple[int, date], account=None) -> list[BankLine]:
        account = account or cast.bank_account
        rows = "".join(
            f"{day:%d.%m.%Y};-{minor // 100},{minor % 100:02d};t{number}\n"
            for number, (minor, day) in enumerate(taken)
        )
        head = f"Cont;{account.iban};\nValuta;{account.currency};\nData;Suma;Descriere\n"
        petru = actor(session, cast.petru)
        import_file(session, actor=petru, name="x", content=(head + rows).encode(), now=NOW)
        session.commit()
        found = session.scalars(
            select(BankLine)
            .where(BankLine.bank_account_id == account.id)
            .order_by(BankLine.remittance)
        )
        return list(found)

    return make


def post(session, person, line):
    endings.mark_fee(session, line, actor=actor(session, person), now=NOW)
    session.commit()


def note(session, cast, line):
    petru = actor(session, cast.petru)
    reconciliation.park(
        session, line, actor=petru, owner_id=cast.alina.id, note="comision anual", now=NOW
    )
    session.commit()


def test_the_fees_of_an_account_and_month_count_together(session, cast, debits):
    first, second, third = debits((30_000, FIRST), (20_000, FIRST), (1, FIRST))
    post(session, cast.petru, first)
    post(session, cast.petru, second)
    with pytest.raises(Invalid) as caught:
        post(session, cast.petru, third)
    assert caught.value.code == "fees"
    assert str(caught.value.params["together"].decimal) == "500.01"
    assert third.resolution is None


def test_another_month_and_another_account_have_their_own(session, cast, debits):
    before = FIRST - timedelta(days=1)
    first, second = debits((50_000, FIRST), (50_000, before))
    (euro,) = debits((5_000, FIRST), account=cast.euro_bank_account)
    for line in (first, second, euro):
        post(session, cast.petru, line)
    (_, more) = debits((5_000, FIRST), (1, FIRST), account=cast.euro_bank_account)
    with pytest.raises(Invalid):
        post(session, cast.petru, more)


def test_a_large_fee_is_posted_by_an_approver_once_somebody_else_wrote_down_what_it_is(
    session, cast, debits
):
    (line,) = debits((1_000_000, FIRST))
    with pytest.raises(NotPermitted):
        post(session, cast.alina, line)
    note(session, cast, line)
    with pytest.raises(Invalid):
        post(session, cast.petru, line)
    with pytest.raises(NotPermitted):
        post(session, cast.radu, line)
    post(session, cast.alina, line)
    assert line.resolution == "fee"


def test_nobody_is_the_second_person_of_their_own_note(session, cast, debits):
    (line,) = debits((1_000_000, FIRST))
    note(session, cast, line)
    line.noted_by = cast.alina.id
    session.flush()
    with pytest.raises(NotPermitted):
        post(session, cast.alina, line)


def test_whoever_is_named_hears_of_the_line(session, cast, debits):
    (line,) = debits((1_000_000, FIRST))
    note(session, cast, line)
    as_system(session)
    (message,) = session.scalars(select(InboxMessage).where(InboxMessage.user_id == cast.alina.id))
    assert message.link == f"/bank/?line={line.id}"


def test_the_page_says_what_to_do_and_gives_the_approver_the_button(session, cast, debits, sign_in):
    (line,) = debits((1_000_000, FIRST))
    fee = f"/bank/lines/{line.id}/fee"
    refused = sign_in(cast.petru).post(f"{fee}?lang=en")
    assert refused.status_code == 422
    assert "they can post it" in refused.text
    page = f"/bank/?line={line.id}&lang=en"
    assert fee not in sign_in(cast.alina).get(page).text
    note(session, cast, line)
    assert fee in sign_in(cast.alina).get(page).text
    assert sign_in(cast.alina).post(fee).status_code == 302


def test_two_fees_at_once_do_not_pass_the_limit_together(session, cast, debits):
    lines = debits((30_000, FIRST), (30_000, FIRST))
    petru = actor(session, cast.petru)

    def posting(line_id):
        def act(own):
            line = own.get_one(BankLine, line_id)
            endings.mark_fee(own, line, actor=petru, now=NOW)

        return act

    found = at_once(session, *(posting(line.id) for line in lines))
    assert sorted(type(one).__name__ for one in found) == ["Invalid", "NoneType"]
