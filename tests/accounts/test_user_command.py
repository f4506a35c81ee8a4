"""`flask user create`: all of it is kept, or nothing."""

import pytest
from sqlalchemy import func, select

from reintegration.accounts.models import Organisation, User

OFFICE = "Echipa Cahul"


@pytest.fixture
def create(app, session):
    def run(password):
        session.commit()
        options = ["--email", "eva@demo.example", "--name", "Eva Stan", "--role", "administrator"]
        return app.test_cli_runner().invoke(
            args=["user", "create", *options, "--organisation", OFFICE, "--password", password]
        )

    return run


def found(session):
    offices = select(func.count()).where(Organisation.name == OFFICE)
    people = select(func.count()).where(User.email == "eva@demo.example")
    return session.scalar(offices), session.scalar(people)


def test_the_first_administrator_comes_with_their_office(create, session):
    assert create("seven quiet rivers").exit_code == 0
    assert found(session) == (1, 1)


def test_what_is_refused_leaves_nothing_and_says_why(create, session):
    answer = create("short")
    assert answer.exit_code == 1
    assert "A password has 12 to 128 characters" in answer.output
    assert found(session) == (0, 0)
