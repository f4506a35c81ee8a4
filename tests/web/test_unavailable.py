"""The page that says that the database does not answer asks the database for nothing."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from reintegration.cases.queries import cases
from reintegration.plans.models import Need
from reintegration.plans.services import needs
from tests.factories.casework import make_case


@pytest.mark.parametrize("kind", [OperationalError, PoolTimeout])
def test_a_database_that_goes_away_half_way_is_told_calmly(cast, sign_in, sent, monkeypatch, kind):
    cast.ana.locale = "ru"
    ana = sign_in(cast.ana)

    def fails(*_args, **_more):
        sent.clear()
        raise kind("SELECT secret", {}, Exception("gone")) if kind is OperationalError else kind()

    monkeypatch.setattr(cases, "cases_page", fails)
    answer = ana.get("/cases/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Сервис" in answer.text
    assert "secret" not in answer.text
    assert sent == []


@pytest.mark.parametrize("address", ["/account/sign-out", "/api/v1/redemptions"])
def test_a_method_that_is_not_taken_says_which_are(client, address):
    answer = client.open(address, method="DELETE")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_full_disk_of_the_database_is_told_calmly_and_leaves_nothing_half(
    session, cast, sign_in, monkeypatch
):
    case = make_case(session, cast)
    session.commit()
    add_need = needs.add_need

    def fills_the_disk(opened, *args, **said):
        add_need(opened, *args, **said)
        opened.execute(text("DO $$ BEGIN RAISE disk_full; END $$"))

    monkeypatch.setattr(needs, "add_need", fills_the_disk)
    answer = sign_in(cast.ana).post(
        f"/cases/{case.id}/needs",
        data={"description": "Acte", "domain": "health", "priority": "urgent"},
    )
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert session.scalar(select(func.count()).select_from(Need)) == 0
