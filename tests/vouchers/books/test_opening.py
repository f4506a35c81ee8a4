"""What the books begin with: a table, a proposal, and a second person; each entry balances."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reintegration.kernel.actor import OPERATOR
from reintegration.kernel.errors import Conflict, NotPermitted
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.web.bringing import bring_in
from reintegration.web.table_reading import read
from tests.at_once import at_once
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.tables import importer, run_tasks, table, upload
from vouchers.books.models import BudgetLine, Fund, LedgerEntry, OpeningBalance
from vouchers.books.queries import funds, opening
from vouchers.books.services import allocation, budget
from vouchers.books.services import funds as making
from vouchers.books.services.laws import broken
from vouchers.books.services.opening import deciding, reading
from vouchers.books.states import PostingEvent
from vouchers.books.views.opening import BOOKS

DAY = TODAY - timedelta(days=1)
HEAD = [column.name for column in reading.COLUMNS]
FUND = {
    "as of": DAY.isoformat(),
    "fund": "OLD-1",
    "amount": "800.00",
    "name": "Fond vechi",
    "donor": "Donator",
    "first day": "2026-01-01",
    "last day": "2099-12-31",
}
LINE = {"as of": DAY.isoformat(), "fund": "OLD-1", "line": "A", "amount": "500", "name": "Servicii"}


def bank(cast):
    return {"as of": DAY.isoformat(), "account": cast.bank_account.iban, "amount": "1.000,00"}


def balances(*rows):
    return table(HEAD, *rows)


@pytest.fixture
def bring(app, session, cast, tmp_path):
    return importer(app, session, tmp_path, "books")


@pytest.fixture
def proposed(session, cast, bring):
    code, said = bring(balances(bank(cast), FUND, LINE))
    assert code == 0, said
    return opening.in_force(session)


def figures(session):
    fund = session.scalar(select(Fund).where(Fund.code == "OLD-1"))
    found = funds.figures(session, [fund])[0]
    return found.received.minor, found.unallocated.minor, found.lines[0].available.minor


def entries(session):
    events = select(LedgerEntry).where(LedgerEntry.source_type == "opening_balance")
    return session.scalars(events.order_by(LedgerEntry.event)).all()


def test_a_file_proposes_balances_and_says_each_entry_and_that_the_laws_hold(session, cast, bring):
    code, said = bring(balances(LINE, bank(cast), FUND))
    assert (code, said["errors"], said["counts"]["balances_proposed"]) == (0, [], 3)
    assert (said["counts"]["funds_added"], said["counts"]["lines_added"]) == (1, 1)
    notes = "\n".join(said["notes"])
    for words in (
        "Debit 1110, credit 3000: 1000.00 MDL",
        "Debit 3000, credit 2300: 800.00 MDL, OLD-1",
        "Debit 9000, credit 9100: 500.00 MDL, OLD-1/A",
        "In MDL 1000.00 MDL lies at the bank and 800.00 MDL is left of grants",
        "laws of the books hold afterwards",
    ):
        assert words in notes
    assert entries(session) == []
    assert figures(session) == (0, 0, 0)


def test_a_dry_run_says_what_the_run_does_and_does_nothing(session, cast, bring):
    rows = balances(bank(cast), FUND, LINE)
    _, tried = bring(rows, "--dry-run")
    assert session.scalar(select(func.count()).where(Fund.code == "OLD-1")) == 0
    assert opening.in_force(session) is None
    _, done = bring(rows)
    assert (tried.pop("written"), done.pop("written")) == (False, True)
    assert tried == done


def test_another_person_posts_it_on_the_day_of_the_balances(session, cast, proposed):
    deciding.approve(session, proposed, actor=actor(session, cast.alina), now=NOW)
    posted = entries(session)
    assert [one.event for one in posted] == [PostingEvent.OPENING_BANK, PostingEvent.OPENING_FUND]
    assert {one.posted_on for one in posted} == {DAY}
    assert figures(session) == (80_000, 30_000, 50_000)
    assert broken(session) == []


def test_who_may_approve_finds_it_on_today_until_it_is_decided(session, cast, proposed, sign_in):
    said = "Decide on the balances that the books begin with."
    session.commit()
    alina, petru = sign_in(cast.alina), sign_in(cast.petru)
    assert said in alina.get("/account/today?lang=en").text
    assert said not in petru.get("/account/today?lang=en").text
    deciding.approve(session, proposed, actor=actor(session, cast.alina), now=NOW)
    assert said not in alina.get("/account/today?lang=en").text


def test_whoever_proposed_does_not_approve(session, cast):
    petru = actor(session, cast.petru)
    bring_in(session, BOOKS, read(balances(FUND).encode()), actor=petru, now=NOW)
    waiting = opening.in_force(session)
    waiting.proposed_by = cast.alina.id
    session.flush()
    with pytest.raises(NotPermitted):
        deciding.approve(session, waiting, actor=actor(session, cast.alina), now=NOW)


def test_the_same_file_again_changes_nothing_before_and_after_approval(
    session, cast, bring, proposed
):
    rows = balances(bank(cast), FUND, LINE)
    assert bring(rows)[1]["counts"]["unchanged"] == 3
    proposed = opening.in_force(session)
    deciding.approve(session, proposed, actor=actor(session, cast.alina), now=NOW)
    code, said = bring(rows)
    assert (code, said["counts"]["unchanged"]) == (0, 3)
    assert session.scalar(select(func.count()).select_from(OpeningBalance)) == 1


def test_other_balances_are_refused_until_the_first_are_taken_back(session, cast, bring, proposed):
    alina = actor(session, cast.alina)
    more = balances(bank(cast), FUND | {"amount": "900"}, LINE)
    assert bring(more)[0] == 1
    proposed = opening.in_force(session)
    deciding.approve(session, proposed, actor=alina, now=NOW)
    assert bring(more)[0] == 1
    proposed = opening.in_force(session)
    deciding.take_back(session, proposed, actor=alina, reason="a wrong sum", now=NOW)
    assert figures(session) == (0, 0, 0)
    assert broken(session) == []
    assert bring(more)[0] == 0


def test_what_is_promised_already_is_not_taken_back(session, cast, proposed):
    alina = actor(session, cast.alina)
    deciding.approve(session, proposed, actor=alina, now=NOW)
    line = session.scalar(select(BudgetLine).join(Fund).where(Fund.code == "OLD-1"))
    budget.take(session, line.id, Money(1, "MDL"))
    with pytest.raises(Conflict):
        deciding.take_back(session, proposed, actor=alina, reason="too late", now=NOW)


def test_what_the_fund_gave_on_since_is_not_taken_back(session, cast, proposed):
    alina = actor(session, cast.alina)
    deciding.approve(session, proposed, actor=alina, now=NOW)
    line = session.scalar(select(BudgetLine).join(Fund).where(Fund.code == "OLD-1"))
    given = Money(30_000, "MDL")
    allocation.allocate(session, line, actor=alina, amount=given, key=new_id(), now=NOW)
    with pytest.raises(Conflict, match="OLD-1"):
        deciding.take_back(session, proposed, actor=alina, reason="too late", now=NOW)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (FUND | {"as of": ""}, "as of"),
        (FUND | {"as of": "2199-01-01"}, "as of"),
        (FUND | {"amount": "-1"}, "amount"),
        (FUND | {"amount": "much"}, "amount"),
        (FUND | {"account": "MD1"}, "fund"),
        (FUND | {"name": ""}, "name"),
        (FUND | {"name": "x" * 121}, "name"),
        (FUND | {"donor": "x" * 121}, "donor"),
        (FUND | {"fund": "x" * 21}, "fund"),
        (FUND | {"fund": "-"}, "fund"),
        (FUND | {"last day": "2020-01-01"}, "last day"),
        (LINE, "fund"),
        ({"as of": DAY.isoformat(), "account": "MD00", "amount": "1"}, "account"),
        (FUND | {"fund": "SPR-1"}, "fund"),
        (FUND | {"fund": "SPR-2"}, "currency"),
    ],
)
def test_each_wrong_row_is_named_and_nothing_is_proposed(session, bring, row, column):
    code, said = bring(balances(row))
    assert (code, [one["column"] for one in said["errors"]]) == (1, [column])
    assert opening.in_force(session) is None


def test_no_line_begins_with_more_than_its_fund_has(session, cast, bring):
    code, said = bring(balances(FUND, LINE | {"amount": "800.01"}))
    assert (code, len(said["errors"])) == (1, 1)
    assert "received and not allocated" in said["errors"][0]["message"]


def test_what_is_refused_says_nothing_of_entries_and_laws(bring):
    assert bring(balances(FUND, LINE | {"amount": "800.01"}))[1]["notes"] == []


@pytest.fixture
def old_fund(session, cast):
    """The fund of the file, in our books already and without money."""
    fund = making.create_fund(
        session,
        actor=actor(session, cast.petru),
        code="OLD-1",
        name="Fond vechi",
        donor="Donator",
        currency="MDL",
        starts_on=DAY,
        ends_on=TODAY,
        now=NOW,
    )
    session.flush()
    return fund


def test_a_fund_that_got_money_since_it_was_proposed_is_not_begun(session, cast, proposed):
    fund = session.scalar(select(Fund).where(Fund.code == "OLD-1"))
    making.record_grant(
        session,
        fund,
        actor=actor(session, cast.petru),
        account=cast.bank_account,
        amount=Money(100, "MDL"),
        key=new_id(),
        now=NOW,
    )
    session.commit()
    with pytest.raises(Conflict, match="OLD-1"):
        deciding.approve(session, proposed, actor=actor(session, cast.alina), now=NOW)
    assert entries(session) == []


def test_a_line_in_another_currency_than_its_fund_is_refused_in_its_row(
    session, cast, bring, old_fund
):
    petru = actor(session, cast.petru)
    making.add_line(
        session, old_fund, actor=petru, code="A", name="Servicii", currency="EUR", now=NOW
    )
    code, said = bring(balances(FUND, LINE | {"currency": "EUR"}))
    assert (code, [(one["row"], one["column"]) for one in said["errors"]]) == (1, [(3, "currency")])


def test_a_line_that_is_closed_is_refused_in_words(session, cast, bring, old_fund):
    petru = actor(session, cast.petru)
    line = making.add_line(session, old_fund, actor=petru, code="A", name="Servicii", now=NOW)
    alina = actor(session, cast.alina)
    allocation.close_line(session, line, actor=alina, key=new_id(), now=NOW)
    code, said = bring(balances(FUND, LINE))
    assert (code, [one["message"] for one in said["errors"]]) == (
        1,
        ["This budget line is closed."],
    )


def test_a_fund_and_a_line_are_known_however_their_codes_are_spelled(
    session, cast, bring, old_fund
):
    petru = actor(session, cast.petru)
    making.add_line(session, old_fund, actor=petru, code="A", name="Servicii", now=NOW)
    code, said = bring(balances(FUND | {"fund": "old 1"}, LINE | {"fund": "Old/1", "line": "a"}))
    assert (code, said["errors"]) == (0, [])
    assert (said["counts"]["funds_added"], said["counts"]["lines_added"]) == (0, 0)


def test_what_is_wrong_with_the_whole_file_stands_on_the_page_among_the_errors(
    app, session, cast, sign_in
):
    petru = sign_in(cast.petru)
    rows = balances(FUND, LINE | {"amount": "800.01"})
    page = upload(petru, "/books/opening/import/", rows)
    run_tasks(app, session)
    shown = petru.get(f"{page}?lang=en").text
    assert "This file cannot be read" not in shown
    assert "Some rows have errors" in shown
    errors = petru.get(f"{page}/errors.csv").text.splitlines()[1]
    assert errors.startswith(",")


def test_two_at_once_propose_once(session, cast):
    def act(own):
        return bring_in(own, BOOKS, read(balances(FUND).encode()), actor=OPERATOR, now=NOW)

    done = at_once(session, act, act)
    assert sorted(one.counts["balances_proposed"] for one in done) == [0, 1]


def test_it_is_prepared_approved_and_taken_back_in_the_browser(app, session, cast, sign_in):
    petru, alina = sign_in(cast.petru), sign_in(cast.alina)
    page = upload(petru, "/books/opening/import/", balances(bank(cast), FUND, LINE))
    run_tasks(app, session)
    assert "Debit 1110" in petru.get(f"{page}?lang=en").text
    petru.post(f"{page}/confirm")
    run_tasks(app, session)
    waiting = opening.in_force(session)
    assert "OLD-1/A" in petru.get("/books/opening/").text
    assert petru.post(f"/books/opening/{waiting.id}/approve").status_code == 403
    alina.post(f"/books/opening/{waiting.id}/approve")
    session.expire_all()
    assert opening.in_force(session).in_use
    assert alina.get(f"/books/opening/{waiting.id}/take-back").status_code == 200
    alina.post(f"/books/opening/{waiting.id}/take-back", data={"reason": "a wrong sum"})
    session.expire_all()
    assert opening.in_force(session) is None


def test_our_own_template_can_be_read():
    text = "\n".join(";".join(row) for row in (HEAD, *reading.EXAMPLES))
    found = reading.check(read(text.encode()))
    assert (found.errors, found.ignored, len(found.rows)) == ((), (), 3)
