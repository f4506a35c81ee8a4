"""Import of bank files in the browser: upload, watch, read what was done."""

from datetime import date
from uuid import UUID

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from providers.vetting.queries.imports import task_or_404
from reintegration.kernel.db import session
from reintegration.kernel.money_columns import money_in
from reintegration.kernel.tasks import BackgroundTask, TaskState, queue
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.submit import Asking, asked
from reintegration.web.tasks import why_it_stopped
from vouchers.bank.forms import StatementForm
from vouchers.bank.permissions import BankPermission
from vouchers.bank.queries import bank as queries
from vouchers.bank.services.statement_import import MAX_BYTES
from vouchers.bank.services.tasks import IMPORT
from vouchers.bank.views import line_text as words
from vouchers.bank.views.blueprint import bank_bp as bp


def _task(task_id: UUID) -> BackgroundTask:
    return task_or_404(session(), current_actor(), task_id, (IMPORT,))


@bp.form("/import", BankPermission.IMPORT, largest=MAX_BYTES)
def upload() -> Asking:
    """Queue the import of a file, or a trial of it."""
    form = StatementForm()
    yield asked("vouchers/bank/upload.html", form, accounts=queries.accounts(session()))
    task = queue(
        session(),
        kind=IMPORT,
        **acting(),
        options={"trial": bool(form.trial.data), "encoding": form.encoding.data},
        filename=(form.file.data.filename or "")[:200],
        content=form.file.data.read(),
    )
    return Next(url_for(".imported", task_id=task.id))


@bp.page("/import/<uuid:task_id>", BankPermission.IMPORT, load=_task)
def imported(task: BackgroundTask) -> ResponseReturnValue:
    """Show how far it is, why it stopped, or what was done."""
    report = task.result.get("report", {})
    error = task.result.get("error")
    return render_template(
        "vouchers/bank/imported.html",
        task=task,
        running=task.finished_at is None,
        failed=task.state == TaskState.FAILED,
        stopped=why_it_stopped(task),
        refused=words.problems([error])[0] if error else "",
        trial=task.options.get("trial", False),
        report=report,
        problems=words.problems,
        money_in=money_in,
        on=date.fromisoformat,
    )


@bp.page("/import/<uuid:task_id>/progress", BankPermission.IMPORT, load=_task)
def import_progress(task: BackgroundTask) -> ResponseReturnValue:
    """Give the bar alone; when it is finished, have the page loaded anew."""
    answer = Response(render_template("vouchers/bank/progress.html", task=task))
    if task.finished_at is not None:
        answer.headers["HX-Refresh"] = "true"
    return answer
