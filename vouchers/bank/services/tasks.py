"""A bank's file as a background task: looked at, then imported; refusals are kept in words."""

from collections.abc import Iterator
from itertools import count, islice
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session, undefer

from reintegration.accounts.services import actors
from reintegration.kernel import clock
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, DomainError, NotFound
from reintegration.kernel.statements import insert_rows
from reintegration.kernel.tasks import BackgroundTask, Progress, TaskPage, told_of
from vouchers.bank.models import BankFile
from vouchers.bank.services.bank_answers import import_answer
from vouchers.bank.services.import_report import ImportReport, all_of, told
from vouchers.bank.services.statement_import import import_file
from vouchers.books.models import BankAccount
from vouchers.formats.pain002 import is_answer
from vouchers.formats.sniff import HEAD_BYTES, may_be_table

IMPORT = "bank.import"
PAGE = 50
"""How many lines of a statement one page shows as they were read."""
MOST_LINES = 1_000_000
_KEEPING = N_("Keeping what was read, so that you can look at it")


def run_import(session: Session, task: BackgroundTask, progress: Progress) -> dict[str, Any]:
    """Look at the file of a task, or import it, for the person who started it.

    Returns `report`, for an answer to payments `answer`, or `error` and `others` with marked
    messages and their values: the page translates. Each line that a look has read stands in the
    pages of the task.
    """
    options = task.options
    is_trial = bool(options.get("trial"))
    actor = actors.who_started(session, task)
    if actor is None:
        raise NotFound
    content = _content(session, task)
    if is_answer(content[:HEAD_BYTES]):
        return _answer(session, task, actor, content, progress)
    try:
        report = import_file(
            session,
            actor=actor,
            name=task.filename or "",
            content=content,
            now=clock.now(),
            dry_run=is_trial,
            shown=MOST_LINES if is_trial else 0,
            encoding=options.get("encoding") or None,
            chosen=_chosen(session, options.get("account")),
            seen=options.get("seen"),
            progress=progress,
        )
    except DomainError as error:
        found = [told(one) for one in all_of(error)]
        is_table = may_be_table(content[:HEAD_BYTES])
        return {"error": found[0], "others": found[1:], "is_table": is_table}
    if is_trial:
        pages = -(-sum(one.lines for one in report.statements) // PAGE)
        coming = told_of(_pages(task.id, report), pages, progress, _KEEPING)
        insert_rows(session, TaskPage, _COLUMNS, coming)
    return {"report": report.as_json()}


def _answer(
    session: Session, task: BackgroundTask, actor: Actor, content: bytes, progress: Progress
) -> dict[str, Any]:
    """Read what the bank answered to payments: the same task, looked at before it is kept."""
    try:
        report = import_answer(
            session,
            actor=actor,
            name=task.filename or "",
            content=content,
            now=clock.now(),
            dry_run=bool(task.options.get("trial")),
            seen=task.options.get("seen"),
            progress=progress,
        )
    except DomainError as error:
        return {"error": told(error), "others": [], "is_answer": True}
    return {"answer": report.as_json()}


_COLUMNS = ("task_id", "part", "number", "content")


def _pages(task_id: UUID, report: ImportReport) -> Iterator[tuple[UUID, int, int, list[Any]]]:
    """Yield the lines of each statement in pages, and leave none of them in the report."""
    for part, one in enumerate(report.statements):
        lines, one.read = iter(one.read), []
        for number in count(1):
            page = list(islice(lines, PAGE))
            if not page:
                break
            yield task_id, part, number, page


def _content(session: Session, task: BackgroundTask) -> bytes:
    """Return the file; what was queued before files were kept carries its own."""
    kept = task.options.get("file")
    if kept is None:
        return task.input or b""
    return session.get_one(BankFile, UUID(kept), options=[undefer(BankFile.content)]).content


def _chosen(session: Session, account_id: str | None) -> BankAccount | None:
    return session.get_one(BankAccount, UUID(account_id)) if account_id else None
