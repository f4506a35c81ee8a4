"""Tables that come in: a file, the command that reads it, and the task that a page queues."""

import io
import json

from reintegration.kernel import tasks
from tests.factories.cast import NOW


def table(head, *rows):
    """Return the text of a CSV table; a row gives its cells by the names of the head."""
    lines = [";".join(head), *(";".join(row.get(name, "") for name in head) for row in rows)]
    return "\n".join(lines) + "\n"


def importer(app, session, folder, group):
    """Return a function that runs `flask GROUP import` and gives its exit code and its JSON."""

    def run(text, *options):
        session.commit()
        file = folder / "table.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        answer = app.test_cli_runner().invoke(args=[group, "import", str(file), "--json", *options])
        session.expire_all()
        assert answer.stdout, answer.exception or answer.stderr
        return answer.exit_code, json.loads(answer.stdout)

    return run


def upload(browser, address, text):
    """Send a table to a page; return the address where its check is shown."""
    content = text if isinstance(text, bytes) else text.encode()
    return browser.post(address, data={"file": (io.BytesIO(content), "table.csv")}).location


def run_tasks(app, session):
    """Do the next task that waits, as its lane does."""
    task = tasks.next_task(session, now=NOW)
    session.commit()
    with app.app_context():
        tasks.run_task(session, task, now=NOW)
    session.commit()
    return task
