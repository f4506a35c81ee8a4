"""Import of bank files in the browser: upload, look at what was read, import it."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from providers.vetting.queries.imports import task_or_404
from reintegration.accounts.queries.users import names_of
from reintegration.kernel.db import session
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.money_columns import money_in
from reintegration.kernel.tasks import BackgroundTask, TaskPage, TaskState, queue
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.submit import Asking, asked
from reintegration.web.tasks import how_far, why_it_stopped
from vouchers.bank.forms import StatementForm
from vouchers.bank.models import BankFile, KeptColumns
from vouchers.bank.permissions import BankAccountPermission, BankPermission
from vouchers.bank.queries import bank as queries
from vouchers.bank.queries.bank_files import file_or_404
from vouchers.bank.services import bank_files
from vouchers.bank.services.bank_answers import SHOWN
from vouchers.bank.services.statement_import import MAX_BYTES
from vouchers.bank.services.tasks import IMPORT, PAGE
from vouchers.bank.states import AnswerDoubt, OrderAnswerState
from vouchers.bank.views import answer_text
from vouchers.bank.views import line_text as words
from vouchers.bank.views.blueprint import bank_bp as bp


def _task(task_id: UUID) -> BackgroundTask:
    return task_or_404(session(), current_actor(), task_id, (IMPORT,))


def _file(file_id: UUID) -> BankFile:
    return file_or_404(session(), current_actor(), file_id)


def account_choices() -> list[tuple[UUID, str]]:
    """Return our accounts as a form offers them."""
    return [(one.id, f"{one.name}, {one.currency}") for one in queries.accounts(session())]


@bp.form(
    "/import",
    BankPermission.IMPORT,
    largest=MAX_BYTES,
    instead=N_("Whoever runs the system imports a larger one by: flask bank import FILE"),
)
def upload() -> Asking:
    """Keep a file, and queue a look at it; nothing is imported by that."""
    accounts = account_choices()
    form = StatementForm(accounts=accounts)
    yield asked("vouchers/bank/upload.html", form, accounts=accounts)
    sent = form.file.data
    file = bank_files.put(session(), name=sent.filename or "", content=sent.read(), **acting())
    task = look_at(
        file,
        name=sent.filename or "",
        encoding=form.encoding.data or "",
        account=form.account.data or "",
    )
    return Next(url_for(".imported", task_id=task.id))


def look_at(file: BankFile, *, name: str, encoding: str, account: str) -> BackgroundTask:
    """Queue a look at a file that is kept."""
    options = {"trial": True, "file": str(file.id), "encoding": encoding, "account": account}
    return queue(session(), kind=IMPORT, **acting(), options=options, filename=name[:200])


@bp.page("/import/<uuid:task_id>", BankPermission.IMPORT, load=_task)
def imported(task: BackgroundTask) -> ResponseReturnValue:
    """Show how far it is, why it stopped, what was read, or what was done."""
    if "answer" in task.result:
        return _answered(task, task.result["answer"])
    report = task.result.get("report", {})
    errors = [task.result[key] for key in ("error",) if key in task.result]
    trial = bool(task.options.get("trial", False))
    return render_template(
        "vouchers/bank/imported.html",
        task=task,
        running=task.finished_at is None,
        far=how_far(task),
        failed=task.state == TaskState.FAILED,
        stopped=why_it_stopped(task),
        refused=words.problems(errors + task.result.get("others", [])),
        trial=trial,
        report=report,
        file_id=task.options.get("file"),
        is_table=_is_table(task, report),
        importable=trial and _is_importable(report),
        lines=_lines(task, report) if trial else {},
        kept=_columns_used(report),
        problems=words.problems,
        money_in=money_in,
        on=date.fromisoformat,
        P=BankPermission,
        A=BankAccountPermission,
    )


def _answered(task: BackgroundTask, report: dict[str, Any]) -> str:
    """Return what an answer to payments says, and what follows from it or would."""
    return render_template(
        "vouchers/bank/answered.html",
        task=task,
        report=report,
        trial=report["trial"],
        file_id=task.options.get("file"),
        importable=report["trial"] and not report["imported_before"],
        status=answer_text.status,
        reasons=answer_text.reasons,
        state=OrderAnswerState,
        doubts=AnswerDoubt,
        shown=SHOWN,
        money_in=money_in,
    )


def _is_table(task: BackgroundTask, report: dict[str, Any]) -> bool:
    tables = [bool(one.get("is_table")) for one in report.get("statements", ())]
    return bool(task.result.get("is_table")) or any(tables)


def _is_importable(report: dict[str, Any]) -> bool:
    """Tell whether there is something new in what was read, and all of it is of our accounts."""
    statements = report.get("statements", ())
    is_new = bool(statements) and not report.get("imported_before")
    return is_new and all(one.get("is_ours", True) for one in statements)


def _lines(task: BackgroundTask, report: dict[str, Any]) -> dict[str, Any]:
    """Return one page of the lines of one statement, as they were read."""
    statements = report.get("statements", [])
    if not statements:
        return {}
    part = min(_number("part", 0), len(statements) - 1)
    one = statements[part]
    last = max(-(-int(one["lines"]) // PAGE), 1)
    number = min(max(_number("lines", 1), 1), last)
    page = session().get(TaskPage, (task.id, part, number))
    return {
        "part": part,
        "statement": one,
        "number": number,
        "last": last,
        "rows": page.content if page else one.get("read", []),
        "is_kept": page is not None or not one["lines"] or bool(one.get("read")),
    }


def _number(name: str, default: int) -> int:
    said = parameters.text(name)
    return int(said) if said.isascii() and said.isdigit() and len(said) < 8 else default


def _columns_used(report: dict[str, Any]) -> dict[str, tuple[KeptColumns, str]]:
    """Return what a person had said of the columns by which statements were read, and who."""
    ids = {UUID(one["columns"]) for one in report.get("statements", ()) if one.get("columns")}
    if not ids:
        return {}
    found = session().scalars(select(KeptColumns).where(KeptColumns.id.in_(ids))).all()
    names = names_of(session(), [one.kept_by for one in found])
    return {str(one.id): (one, names.get(one.kept_by, "") if one.kept_by else "") for one in found}


@bp.act("/import/<uuid:task_id>/confirm", BankPermission.IMPORT, load=_task)
def confirm(task: BackgroundTask) -> Next:
    """Queue the import of what was looked at: the same file, read the same way."""
    answer = task.result.get("answer")
    report = answer or task.result.get("report", {})
    looked = task.state == TaskState.DONE and bool(task.options.get("trial"))
    is_new = not answer["imported_before"] if answer else _is_importable(report)
    if not (looked and is_new):
        raise Conflict(N_("There is nothing in this file that can be imported."))
    file = session().get(BankFile, UUID(task.options["file"]))
    if file is None:
        raise Conflict(N_("This file is no longer kept. Choose it again."), code="file")
    seen = answer["content_print"] if answer else report["lines_print"]
    options = task.options | {"trial": False, "seen": seen}
    queued = queue(session(), kind=IMPORT, **acting(), options=options, filename=task.filename)
    return Next(url_for(".imported", task_id=queued.id), _("The import has begun."))


@bp.page("/import/<uuid:task_id>/progress", BankPermission.IMPORT, load=_task)
def import_progress(task: BackgroundTask) -> ResponseReturnValue:
    """Give the bar alone; when it is finished, have the page loaded anew."""
    answer = Response(render_template("vouchers/bank/progress.html", task=task, far=how_far(task)))
    if task.finished_at is not None:
        answer.headers["HX-Refresh"] = "true"
    return answer


@bp.page("/files/<uuid:file_id>", BankPermission.LIST, load=_file)
def bank_file(file: BankFile) -> ResponseReturnValue:
    """Give a file back as the bank made it, to be kept and never to be opened here."""
    answer = Response(file.content, mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=file.name)
    return answer
