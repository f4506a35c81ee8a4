"""`flask ledger check` and the scheduled ones: silent when sound, loud in words when not."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from reintegration.accounts.models import InboxMessage
from reintegration.kernel import jobs
from tests.factories.cast import NOW
from tests.factories.vouchers import living_voucher
from vouchers.books.jobs import check, sweep
from vouchers.books.services import settling
from vouchers.books.services.laws import CHECK_JOB, keep, laws, relations_read

FORGERIES = {
    "available": "UPDATE budget_line SET available_minor = available_minor - 1",
    "in-transit": """
        INSERT INTO payment_batch (id, reference, message_id, bank_account_id, currency,
          total_minor, rail, execution_on, state, prepared_at)
        SELECT gen_random_uuid(), 'B', 'M', id, 'MDL', 5, 'mdl_csv', current_date, 'released',
          now() FROM bank_account WHERE currency = 'MDL';
        INSERT INTO payment_order (id, reference, end_to_end_id, batch_id, provider_id,
          payee_name, payee_iban, payee_service_account, payee_bic, payee_identifier, final_account,
          final_code, final_name,
          amount_minor, offset_minor, taken_back_minor, paid_minor, currency, text, state, failure)
        SELECT gen_random_uuid(), 'P', 'E', b.id, p.id, 'x', 'x', '', '', '', '', '', '', 5, 0, 0, 0,
          'MDL',
          'x', 'released', '' FROM payment_batch b, provider p LIMIT 1
    """,
}


@pytest.fixture
def run(app, session):
    def run(*options):
        session.commit()
        return app.test_cli_runner().invoke(args=["ledger", "check", *options])

    return run


def test_the_command_names_every_law_and_exits_0_when_they_hold(cast, run):
    answer = run()
    assert answer.exit_code == 0, answer.output
    assert answer.output.count("✓") == len(laws())


@pytest.mark.parametrize("law", FORGERIES)
def test_the_command_exits_1_and_names_what_is_broken(session, cast, run, law):
    session.execute(text(FORGERIES[law]))
    answer = run("--all")
    assert answer.exit_code == 1
    assert f"✗ {law}: " in answer.output
    assert "laws do not hold" in answer.output


def test_an_approver_is_told_once_a_day(session, cast):
    [job] = [job for job in jobs.scheduled() if job.name == CHECK_JOB]
    assert job.run(session, NOW) is None
    session.execute(text(FORGERIES["available"]))
    for _ in range(2):
        assert "available" in (job.run(session, NOW) or "")
    told = session.scalars(select(InboxMessage)).all()
    assert [(message.user_id, message.params) for message in told] == [
        (cast.alina.id, {"law": "available"})
    ]


def test_every_law_has_a_name_of_its_own_and_words(app):
    other = replace(laws()[0], says="Something else.")
    with pytest.raises(ValueError, match=other.name):
        keep([other])
    assert [law.order for law in laws()] == sorted({law.order for law in laws()})
    assert all(law.says.endswith(".") for law in laws())


@pytest.fixture
def settled(session, cast):
    """Make a voucher and check until the marks have passed it, whatever else goes on here."""
    voucher = living_voucher(session, cast).voucher
    session.commit()
    newest = session.scalar(text("SELECT max(id) FROM ledger_line"))
    for minutes in range(0, 2400, 2):
        assert check(session, NOW + timedelta(minutes=minutes)) is None
        session.commit()
        if (marks := settling.marks(session)) and marks.line == newest:
            return voucher
        time.sleep(0.05)
    raise AssertionError


RELEASED = """
    WITH entry AS (
      INSERT INTO ledger_entry (id, key, event, currency, posted_on, posted_at, source_type,
                                source_id)
      SELECT gen_random_uuid(), 'forged', 'remainder_released', currency, current_date, now(),
             'voucher', id FROM voucher RETURNING id, source_id, currency)
    INSERT INTO ledger_line (entry_id, account, currency, debit_minor, credit_minor, fund_id,
                             budget_line_id, voucher_id)
    SELECT e.id, a.account, e.currency, a.debit, a.credit, v.fund_id, v.budget_line_id, v.id
      FROM entry e JOIN voucher v ON v.id = e.source_id,
           (VALUES ('9200', 7, 0), ('9100', 0, 7)) a (account, debit, credit)
"""


def test_a_fault_in_what_is_new_is_found_at_each_check_until_it_is_mended(session, settled):
    before = settling.marks(session)
    session.execute(text(RELEASED))
    for hours in (50, 51, 52):
        said = check(session, NOW + timedelta(hours=hours)) or ""
        assert "available: " in said
        assert "encumbered-by-voucher: " in said
        assert f"voucher {settled.reference}, " in said
    assert settling.marks(session) == before


@pytest.mark.parametrize(
    ("law", "damage"),
    [
        ("pending", "UPDATE voucher SET amount_pending_minor = 1"),
        ("sums", "UPDATE ledger_sum SET debit_minor = debit_minor + 1 WHERE debit_minor > 0"),
    ],
)
def test_damage_below_the_marks_is_found_by_the_check_of_everything(session, settled, law, damage):
    session.execute(text(damage))
    assert f"{law}: " not in (check(session, NOW + timedelta(hours=50)) or "")
    assert f"{law}: " in (sweep(session, NOW + timedelta(hours=50)) or "")


READ = ("entries", "checked_vouchers", "voucher_lines", "voucher_deliveries", "payable_lines")


def rows_read(session, marks):
    read, given = relations_read(session, marks)
    counts = ", ".join(f"(SELECT count(*) FROM {name})" for name in READ)
    return session.execute(text(f"WITH {read} SELECT {counts}"), given).one()


def test_a_check_reads_what_is_new_and_not_what_is_settled(session, cast, settled):
    marks = settling.marks(session)
    assert set(rows_read(session, marks)) == {0}
    living_voucher(session, cast)
    assert rows_read(session, marks) == (2, 1, 2, 0, 0)
    assert rows_read(session, None)[0] > 2
