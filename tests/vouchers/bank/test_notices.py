"""A notification explains a line of a statement: money moves once, whichever of them comes first."""

from itertools import permutations

import pytest
from sqlalchemy import func, select

from tests.factories.cast import TODAY, actor
from tests.factories.payments import (
    LATER,
    as_system,
    make_batch,
    make_checked_claim,
    make_deliveries,
    notification,
    statement,
)
from tests.vouchers.formats.writers import Line, Tx
from vouchers.bank.models import BankFile, BankLine, BankMatch, BankNotice
from vouchers.bank.services import bank_files, reconciliation
from vouchers.bank.services.statement_import import import_file
from vouchers.books.models import LedgerEntry, LedgerLine
from vouchers.payments.models import PaymentOrder


@pytest.fixture
def orders(session, cast):
    """Two orders of two batches, of different sums, that have left."""
    made = [
        make_batch(
            session,
            cast,
            [make_checked_claim(session, cast, deliveries=make_deliveries(session, cast, count))],
            until="released",
        )
        for count in (1, 2)
    ]
    return [batch.orders[0] for batch in made]


def paid(order, **changes):
    values = {"minor": order.amount_minor, "currency": "MDL", "end_to_end": order.end_to_end_id}
    return Tx(**values | {"name": order.payee_name, "iban": order.payee_iban} | changes)


def whole(*orders, sign=-1):
    return sign * sum(order.amount_minor for order in orders)


def bare(minor, reference="SAMMEL-1", **more):
    """A line of a statement that says neither payee nor reference of ours."""
    return Line(minor, currency="MDL", day=TODAY, reference=reference, **more)


def told(minor, *transactions, reference="SAMMEL-1", **more):
    """An entry of a notification, with the payments inside it."""
    return Line(
        minor,
        currency="MDL",
        day=TODAY,
        reference=reference,
        transactions=list(transactions),
        **more,
    )


def take(session, cast, content, **more):
    petru = actor(session, cast.petru)
    report = import_file(session, actor=petru, name="zi.xml", content=content, now=LATER, **more)
    session.commit()
    as_system(session)
    return report


def states(session, orders):
    session.expire_all()
    return [str(session.get_one(PaymentOrder, order.id).state) for order in orders]


def posted(session):
    """What stands in the books, and how often a line was matched."""
    session.expire_all()
    entries = session.scalar(select(func.count()).select_from(LedgerEntry))
    sums = session.execute(
        select(LedgerLine.account, func.sum(LedgerLine.debit_minor - LedgerLine.credit_minor))
        .group_by(LedgerLine.account)
        .order_by(LedgerLine.account)
    ).all()
    matches = session.scalar(select(func.count()).select_from(BankMatch))
    return entries, [tuple(one) for one in sums], matches


def files(cast, orders):
    return {
        "053": statement(cast, bare(whole(*orders))),
        "054": notification(cast, told(whole(*orders), *map(paid, orders))),
    }


def test_a_line_that_says_nothing_waits_until_its_notification_comes(session, cast, orders):
    both = files(cast, orders)
    assert take(session, cast, both["053"]).exceptions == 1
    assert states(session, orders) == ["released", "released"]
    report = take(session, cast, both["054"])
    assert (report.new, report.matched) == (1, 1)
    assert states(session, orders) == ["settled", "settled"]
    line = session.scalars(select(BankLine)).one()
    assert str(line.state) == "matched"
    assert session.scalars(select(BankNotice)).one().bank_line_id == line.id


def test_a_notification_alone_moves_nothing(session, cast, orders):
    before = posted(session)
    report = take(session, cast, files(cast, orders)["054"])
    assert (report.new, report.matched, report.exceptions) == (1, 0, 0)
    assert posted(session) == before
    assert states(session, orders) == ["released", "released"]
    assert session.scalar(select(func.count()).select_from(BankLine)) == 0


@pytest.mark.parametrize("names", sorted(set(permutations(["053", "054", "053", "054"]))))
def test_in_whatever_order_and_however_often_they_come_all_is_posted_once(
    session, cast, orders, names
):
    both = files(cast, orders)
    for name in names:
        take(session, cast, both[name])
    assert states(session, orders) == ["settled", "settled"]
    assert session.scalar(select(func.count()).select_from(BankLine)) == 1
    assert session.scalar(select(func.count()).select_from(BankNotice)) == 1
    entries, sums, matches = posted(session)
    assert matches == 2
    settled = session.scalar(
        select(func.count()).select_from(LedgerEntry).where(LedgerEntry.key.like("settle|%"))
    )
    assert (settled, dict(sums)["2200"]) == (2, 0)
    for name in names:
        take(session, cast, both[name])
    assert posted(session) == (entries, sums, matches)


def returned(order):
    return paid(order, returned="AC04")


def all_files(cast, orders):
    back = {"statement_id": "S2"}
    return files(cast, orders) | {
        "r53": statement(cast, bare(whole(*orders, sign=1), "RETUR-1"), **back),
        "r54": notification(
            cast, told(whole(*orders, sign=1), *map(returned, orders), reference="RETUR-1"), **back
        ),
    }


@pytest.mark.parametrize("names", list(permutations(["053", "054", "r53", "r54"])))
def test_returns_are_explained_likewise_and_never_posted_twice(session, cast, orders, names):
    known = all_files(cast, orders)
    for name in names:
        take(session, cast, known[name])
    entries, sums, matches = posted(session)
    for name in names:
        take(session, cast, known[name])
    assert posted(session) == (entries, sums, matches)
    kept = {
        verb: session.scalar(
            select(func.count()).select_from(LedgerEntry).where(LedgerEntry.key.like(f"{verb}|%"))
        )
        for verb in ("settle", "returned_open")
    }
    assert kept["settle"] == 2
    after = states(session, orders)
    if max(names.index("053"), names.index("054")) < max(names.index("r53"), names.index("r54")):
        assert after == ["returned", "returned"]
        assert kept["returned_open"] == 2
    else:  # they came back before they were paid: a person looks at that line
        assert after == ["settled", "settled"]
        assert kept["returned_open"] == 0


def test_each_payment_in_an_entry_of_its_own_explains_the_batch_together(session, cast, orders):
    parts = [
        told(whole(one), paid(one, payment_information="B7"), reference=f"T{number}")
        for number, one in enumerate(orders)
    ]
    take(session, cast, statement(cast, bare(whole(*orders), batch_message="B7")))
    assert take(session, cast, notification(cast, *parts)).matched == 1
    assert states(session, orders) == ["settled", "settled"]


@pytest.mark.parametrize(
    "change", [{"reference": "ANDERE"}, {"day_text": "2020-01-01"}, {"minor": -1}]
)
def test_what_does_not_fit_its_line_explains_nothing(session, cast, orders, change):
    values = {"reference": "SAMMEL-1", "minor": whole(*orders)} | change
    minor = values.pop("minor")
    line = told(minor, *map(paid, orders), **values)
    take(session, cast, statement(cast, bare(whole(*orders))))
    assert take(session, cast, notification(cast, line)).matched == 0
    assert states(session, orders) == ["released", "released"]


def test_payments_that_are_not_the_whole_line_explain_nothing(session, cast, orders):
    line = told(whole(*orders), paid(orders[0]))
    take(session, cast, statement(cast, bare(whole(*orders))))
    assert take(session, cast, notification(cast, line)).matched == 0
    assert states(session, orders) == ["released", "released"]


def test_two_equal_lines_are_for_a_person(session, cast, orders):
    line = bare(whole(*orders))
    take(session, cast, statement(cast, line, line))
    assert take(session, cast, files(cast, orders)["054"]).matched == 0
    assert states(session, orders) == ["released", "released"]


def test_a_line_of_which_the_match_was_undone_stays_a_persons(session, cast, orders):
    named = bare(whole(orders[0]), "EINZEL", transactions=[paid(orders[0])])
    take(session, cast, statement(cast, named))
    line, petru = session.scalars(select(BankLine)).one(), actor(session, cast.petru)
    reconciliation.undo_match(session, line, actor=petru, reason="greșit", now=LATER)
    session.commit()
    line.end_to_end_id = ""
    session.commit()
    again = told(whole(orders[0]), paid(orders[0]), reference="EINZEL")
    assert take(session, cast, notification(cast, again)).matched == 0
    assert states(session, orders)[0] == "released"


def test_the_same_notification_twice_adds_nothing_and_says_so(session, cast, orders):
    content = files(cast, orders)["054"]
    take(session, cast, content)
    again = take(session, cast, content)
    assert (again.imported_before, again.new) == (True, 0)


def test_a_look_keeps_nothing(session, cast, orders):
    both = files(cast, orders)
    take(session, cast, both["053"])
    report = take(session, cast, both["054"], dry_run=True)
    assert (report.new, report.matched) == (1, 1)
    assert states(session, orders) == ["released", "released"]
    assert session.scalar(select(func.count()).select_from(BankNotice)) == 0
    assert session.scalar(select(func.count()).select_from(BankFile)) == 1


def test_its_file_stays_for_good(session, cast, orders):
    take(session, cast, files(cast, orders)["054"])
    assert bank_files.forget(session, now=LATER.replace(year=LATER.year + 1)) == 0
    assert session.scalar(select(func.count()).select_from(BankFile)) == 1


def test_the_command_says_that_it_only_explains(app, session, cast, orders, tmp_path):
    file = tmp_path / "aviz.xml"
    file.write_bytes(files(cast, orders)["054"])
    done = app.test_cli_runner().invoke(args=["bank", "import", str(file)])
    assert "posts nothing: entries with their line 0, without it 1" in done.output
