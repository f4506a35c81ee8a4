"""`flask ledger check` and the scheduled one: silent when sound, loud in words when not."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from reintegration.accounts.models import InboxMessage
from reintegration.kernel import jobs
from tests.factories.cast import NOW
from vouchers.books.services.laws import CHECK_JOB, keep, laws

FORGERIES = {
    "available": "UPDATE budget_line SET available_minor = available_minor - 1",
    "in-transit": """
        INSERT INTO payment_batch (id, reference, message_id, bank_account_id, currency,
          total_minor, rail, execution_on, state, prepared_at)
        SELECT gen_random_uuid(), 'B', 'M', id, 'MDL', 5, 'mdl_csv', current_date, 'released',
          now() FROM bank_account WHERE currency = 'MDL';
        INSERT INTO payment_order (id, reference, end_to_end_id, batch_id, provider_id,
          payee_name, payee_iban, payee_bic, payee_identifier, final_account, amount_minor,
          offset_minor, currency, text, state, failure)
        SELECT gen_random_uuid(), 'P', 'E', b.id, p.id, 'x', 'x', '', '', '', 5, 0, 'MDL', 'x',
          'released', '' FROM payment_batch b, provider p LIMIT 1
    """,
}


@pytest.fixture
def run(app, session):
    def run():
        session.commit()
        return app.test_cli_runner().invoke(args=["ledger", "check"])

    return run


def test_the_command_names_every_law_and_exits_0_when_they_hold(cast, run):
    answer = run()
    assert answer.exit_code == 0, answer.output
    assert answer.output.count("✓") == len(laws())


@pytest.mark.parametrize("law", FORGERIES)
def test_the_command_exits_1_and_names_what_is_broken(session, cast, run, law):
    session.execute(text(FORGERIES[law]))
    answer = run()
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
