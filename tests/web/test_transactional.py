"""A page that lost a race is made once more, and nobody notices."""

from io import BytesIO

import pytest
from flask import flash, request
from flask import session as cookie
from sqlalchemy import func, select, text

from reintegration.kernel import outbox
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as, db
from reintegration.kernel.db import session as page_session
from reintegration.kernel.outbox import OutboxMessage
from reintegration.web.transactional import transactional
from tests.factories.cast import NOW

LOSE = text("DO $$ BEGIN RAISE 'deadlock detected' USING ERRCODE = '40P01'; END $$")


@pytest.fixture
def races():
    """How often the page loses."""
    return [1]


@pytest.fixture
def made(app, session, races):
    """Return what a page read and answered that loses so many races at its end."""

    @transactional
    def page():
        read = request.files["file"].read()
        key = f"key-{races[0]}"  # another key each time: what was sent first must be gone
        outbox.put(page_session(), channel="email", key=key, payload={}, now=NOW)
        flash("Recorded.")
        if races[0]:
            races[0] -= 1
            page_session().execute(LOSE)
        return read.decode()

    def make():
        with app.test_request_context(method="POST", data={"file": (BytesIO(b"whole"), "a.txt")}):
            act_as(page_session(), SYSTEM)
            try:
                return page(), cookie["_flashes"]
            finally:
                db.session.remove()

    return make


def test_it_reads_the_upload_again_and_speaks_once(made):
    assert made() == ("whole", [("message", "Recorded.")])


def test_mails_of_the_first_attempt_are_gone(session, made):
    made()
    assert session.scalars(select(OutboxMessage.idempotency_key)).all() == ["key-0"]


def test_a_page_that_loses_twice_writes_nothing(session, made, races):
    races[0] = 2
    with pytest.raises(Exception, match="deadlock"):
        made()
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


@pytest.mark.parametrize("code", ["23505", "23P01", "23000"])
def test_what_somebody_else_added_first_is_looked_at_once_more(app, session, code):
    """A unique key, an exclusion, a law: the second time the service sees what stands there."""
    tries = []

    @transactional
    def page():
        tries.append(code)
        if len(tries) == 1:
            page_session().execute(text(f"DO $$ BEGIN RAISE 'x' USING ERRCODE = '{code}'; END $$"))
        return "done"

    with app.test_request_context():
        assert page() == "done"
    assert len(tries) == 2
