"""Make the dump of a release: `python -m tests.release.make_dump second`.

The folder `tests/release/<name>/` then holds a database as this code makes it, small and whole,
as text, with everything that a later release must still open. Make it once, when the release is
made, and never again: `tests/release/test_upgrade.py` finds every such folder by itself.

    dump.sql                  schema, rows and grants; `tests/release/dump.py` reads it
    figures.json              what is counted in it
    audit-checkpoints.jsonl   the signed checkpoints of its trail, which stand outside
    demo-logins.tsv           who signs in, with the passwords
    kept.json                 a voucher with code, PIN and token; what stands in the vault; the day

Everything in it is invented by `flask demo load`. The keys are those of `Database.environment()`,
which are known to everybody: nothing here is a secret.
"""

import argparse
import io
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from reintegration import settings as configuration
from reintegration.app import create_app
from tests.database import ROOT, Database, flask, temporary_server
from tests.release import dump, figures, pages

FOLDER = Path(__file__).parent
SCALE = "0.05"
_PATIENCE = 180.0


def main() -> None:
    """Fill a database as people and jobs would, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name", help="the folder in tests/release/, such as: second")
    folder = FOLDER / parser.parse_args().name
    folder.mkdir()
    with temporary_server() as server:
        database = server.clone("release")
        flask(database, "demo", "load", "--scale", SCALE)
        kept = _live_a_day(database)
        _let_the_jobs_work(database)
        dump.write(server, database, folder / "dump.sql")
        figures.write(figures.figures_of(database.owner_url), folder / "figures.json")
        figures.write(kept, folder / "kept.json")
        for name in ("audit-checkpoints.jsonl", "demo-logins.tsv"):
            shutil.copyfile(Path(database.instance) / name, folder / name)


def _live_a_day(database: Database) -> dict[str, Any]:
    """Add what a demo leaves empty, and return what a later release must be able to open."""
    (voucher,) = json.loads(flask(database, "demo", "vouchers", "--count", "1", "--json"))
    app = create_app(configuration.from_environment(database.environment()))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    logins = pages.logins(Path(database.instance) / "demo-logins.tsv")
    _import_providers(pages.sign_in(app, *pages.login_of(logins, "vetting_officer")))
    closed, email = _a_case(database, "closed")
    _ask_to_erase(pages.browser_of(app, email), closed)
    passwords = {email: password for _role, email, password in logins}
    open_case, email = _a_case(database, "active", list(passwords))
    whose = (email, passwords[email])
    return {
        "voucher": voucher,
        "case": open_case,
        "case_login": whose,
        "identity": pages.identity(pages.sign_in(app, *whose), open_case),
        "on": time.strftime("%Y-%m-%d"),
    }


def _import_providers(officer: FlaskClient) -> None:
    """Queue the check of a file; it waits for the scheduler."""
    template = officer.get("/providers/import/template.csv").get_data()
    answer = officer.post(
        "/providers/import/", data={"file": (io.BytesIO(template), "new.csv"), "form_key": "k"}
    )
    assert answer.status_code == 302, answer.text


def _ask_to_erase(colleague: FlaskClient, case_id: str) -> None:
    reason = {"reason": "The person asked for it.", "form_key": "k"}
    answer = colleague.post(f"/cases/{case_id}/erasure/ask", data=reason)
    assert answer.status_code == 302, answer.text


def _a_case(database: Database, state: str, emails: list[str] | None = None) -> tuple[str, str]:
    """Return a case in that state, and the e-mail of somebody of its team."""
    with figures.connect(database.owner_url) as connection:
        row = connection.execute(
            "SELECT case_file.id::text, email FROM case_file"
            " JOIN case_member ON case_id = case_file.id"
            " JOIN user_account ON user_id = user_account.id WHERE until IS NULL AND state = %s"
            " AND coalesce(email = ANY(%s), true) ORDER BY opened_at, email",
            [state, emails],
        ).fetchone()
    assert row is not None, f"nobody who can sign in has a case that is {state}"
    case_id, email = row
    return case_id, email


def _let_the_jobs_work(database: Database) -> None:
    """Run the scheduler until every job ran, the task is done and the trail is sealed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "scheduler"],
        cwd=ROOT,
        env=database.process_environment(),
    )
    give_up = time.monotonic() + _PATIENCE
    try:
        while not _at_rest(database):
            assert time.monotonic() < give_up, "the scheduler did not come to an end"
            time.sleep(1)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _at_rest(database: Database) -> bool:
    with figures.connect(database.owner_url) as connection:
        row = connection.execute(
            "SELECT EXISTS (SELECT FROM job_run WHERE job = 'jobs.forget')"
            " AND NOT EXISTS (SELECT FROM background_task WHERE finished_at IS NULL)"
            " AND NOT EXISTS (SELECT FROM outbox_message WHERE state = 'queued')"
            " AND (SELECT count(*) FROM audit_seal) = (SELECT count(*) FROM audit_event)"
        ).fetchone()
    assert row is not None
    return bool(row[0])


if __name__ == "__main__":
    main()
