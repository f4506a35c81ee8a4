"""A database of each release, brought up to date: everything is there, holds, and opens.

A release is a folder here, made by `python -m tests.release.make_dump`.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from reintegration import settings as configuration
from reintegration.app import create_app
from reintegration.kernel import tries
from reintegration.kernel.db import db
from tests.database import Database, Server
from tests.release import dump, figures, pages, schema
from tests.travel import travel

FOLDER = Path(__file__).parent
RELEASES = sorted(path.parent.name for path in FOLDER.glob("*/dump.sql"))
NOON = "T12:00:00+02:00"
CARRIED = {
    "states voucher:partly_redeemed: 4 was recorded, 5 is there",
    "states voucher:suspended: 1 was recorded, None is there",
}
"""What an upgrade changes on purpose. A suspended voucher is open again, with a live hold."""

pytestmark = pytest.mark.xdist_group("release")


@dataclass
class Release:
    """The database of a release after the upgrade, and what was noted of it before."""

    folder: Path
    database: Database
    app: Flask
    found: figures.Figures
    kept: dict[str, Any]

    @property
    def recorded(self) -> figures.Figures:
        return figures.read(self.folder / "figures.json")

    @property
    def logins(self) -> list[pages.Login]:
        return pages.logins(self.folder / "demo-logins.tsv")

    def run(self, *command: str):
        return self.app.test_cli_runner().invoke(args=list(command))

    def id_of(self, table: str, condition: str) -> str:
        """Return the id of one row, whichever comes first."""
        with figures.connect(self.database.owner_url) as connection:
            query = f"SELECT id::text FROM {table} WHERE {condition} ORDER BY id LIMIT 1"
            return connection.execute(query).fetchone()[0]


@pytest.fixture(scope="module", params=RELEASES)
def release(request, postgres: Server, worker_id: str) -> Iterator[Release]:
    """A release restored by its owner and upgraded; the clock stands on its last day."""
    folder = FOLDER / request.param
    database = dump.restore(postgres, f"release_{worker_id}", folder / "dump.sql")
    shutil.copy(folder / "audit-checkpoints.jsonl", database.instance)
    app = create_app(configuration.from_environment(database.environment()))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    upgraded = app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert upgraded.exit_code == 0, upgraded.output
    found = figures.figures_of(database.owner_url)
    kept = figures.read(folder / "kept.json")
    with travel(datetime.fromisoformat(kept["on"] + NOON)):
        yield Release(folder, database, app, found, kept)
    with app.app_context(), Session(db.engine) as any_session:
        tries.companion(any_session).dispose()
        db.engine.dispose()
    postgres.drop(database.name)


def test_nothing_is_lost_and_no_sum_is_another(release):
    assert release.recorded["rows"]["voucher"] > 0
    said = figures.differences(release.recorded, release.found)
    assert set(said) == CARRIED, "\n".join(said)


def test_a_suspended_voucher_of_then_is_held_for_the_same_reason_since_the_same_day(release):
    with figures.connect(release.database.owner_url) as connection:
        [(state, counted, cause, reason, since)] = connection.execute(
            "SELECT v.state, v.live_holds, h.cause, h.reason, h.since::text"
            " FROM voucher_hold h JOIN voucher v ON v.id = h.voucher_id"
        ).fetchall()
    assert (state, counted, cause) == ("partly_redeemed", 1, "case_team")
    assert reason == "Persoana a cerut o pauză de două săptămâni."
    assert since.startswith("2026-11-24 15:55:00")


def test_every_site_of_then_has_where_it_is_beside_it(release):
    assert release.found["rows"]["site_place"] == release.recorded["rows"]["site"] > 0


def test_every_currency_balances(release):
    for currency in ("MDL", "EUR"):
        accounts = [
            sums for name, sums in release.found["balance"].items() if name.startswith(currency)
        ]
        debit, credit = (sum(sums[side] for sums in accounts) for side in ("debit", "credit"))
        assert debit == credit > 0


def test_a_difference_would_be_said(release):
    recorded = release.recorded
    recorded["rows"]["voucher"] += 1
    del recorded["states"]["voucher:issued"]
    said = figures.differences(recorded, release.found)
    said = [line for line in said if line not in CARRIED]
    assert [line.partition(":")[0] for line in said] == ["rows voucher", "states voucher"]


def test_its_schema_is_that_of_a_fresh_installation(release, postgres, worker_id):
    fresh = postgres.clone(f"fresh_{worker_id}")
    expected = schema.described(fresh.owner_url)
    postgres.drop(fresh.name)
    found = schema.described(release.database.owner_url)
    assert len(expected) > 1000
    assert sorted(expected - found) == []
    assert sorted(found - expected) == []


def test_its_books_hold(release):
    result = release.run("ledger", "check")
    assert result.exit_code == 0, result.output


def test_its_trail_holds_up_to_the_last_seal(release):
    result = release.run("audit", "verify")
    assert result.exit_code == 0, result.output
    assert f"{release.recorded['rows']['audit_seal']} events sealed" in result.output


def test_everybody_signs_in_with_the_password_of_then(release):
    roles = {role for role, *_shown in release.logins}
    assert len(roles) == 12
    for role in sorted(roles):
        client = pages.sign_in(release.app, *pages.login_of(release.logins, role))
        today = client.get("/account/today")
        assert today.status_code == 200, role
        assert "/account/sign-out" in today.text


def test_the_vault_opens_with_the_key_of_then(release):
    client = pages.sign_in(release.app, *release.kept["case_login"])
    case_id = release.kept["case"]
    for address in ("", "/plan", "/notes", "/consent", "/team"):
        assert client.get(f"/cases/{case_id}{address}").status_code == 200, address
    assert pages.identity(client, case_id) == release.kept["identity"]


def test_a_voucher_of_then_can_be_printed_and_found_by_its_code(release):
    client = pages.sign_in(release.app, *release.kept["case_login"])
    voucher_id = release.id_of(
        "voucher", f"state = 'issued' AND case_id = '{release.kept['case']}'"
    )
    assert client.get(f"/vouchers/{voucher_id}").status_code == 200
    assert client.get(f"/vouchers/{voucher_id}/print").status_code == 200


def test_a_voucher_of_then_is_redeemed_with_its_code_its_pin_and_its_token(release):
    voucher = dict(release.kept["voucher"])
    headers = {"Authorization": f"Bearer {voucher.pop('token')}", "Idempotency-Key": "once"}
    client = release.app.test_client()
    wrong = voucher | {"pin": "738201" if voucher["pin"] != "738201" else "738202"}
    answer = client.post("/api/v1/redemptions", json=wrong, headers=headers)
    assert answer.status_code == 422, answer.text
    answer = client.post("/api/v1/redemptions", json=voucher, headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.json["units_left"] == 0


def test_the_ledger_and_the_payments_of_then_are_shown(release):
    client = pages.sign_in(release.app, *pages.login_of(release.logins, "finance_preparer"))
    shown = {
        "/ledger/": "",
        "/ledger/balances": "",
        "/ledger/entries/": release.id_of("ledger_entry", "true"),
        "/claims/": release.id_of("claim", "state = 'paid'"),
        "/batches/": release.id_of("payment_batch", "true"),
        "/funds/": release.id_of("fund", "true"),
        "/bank/": "",
    }
    for address, which in shown.items():
        assert client.get(address + which).status_code == 200, address
