"""The import in the browser: upload, read what is wrong, confirm, watch, read what was done."""

import csv
import io
from typing import Any
from uuid import UUID

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from providers.directory.permissions import ProviderPermission
from providers.vetting.forms import UploadForm
from providers.vetting.queries.imports import task_or_404
from providers.vetting.services.imports.tasks import CHECK, MOST_ERRORS, WRITE
from providers.vetting.services.imports.vocabulary import allowed
from providers.vetting.views.blueprints import imports_bp as bp
from reintegration.kernel.db import session
from reintegration.kernel.errors import N_, Conflict
from reintegration.kernel.tasks import BackgroundTask, TaskState, queue
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.submit import Asking, asked
from reintegration.web.table_files import harmless
from reintegration.web.tasks import how_far, why_it_stopped

_IMPORT = ProviderPermission.IMPORT
_SHOWN = 200
COLUMNS = (
    "organisation",
    "identifier",
    "jurisdiction",
    "email",
    "phone",
    "site",
    "territorial unit",
    "locality",
    "address",
    "confidential",
    "category",
    "service name",
    "unit",
    "price",
    "currency",
    "languages",
    "sex policy",
    "min age",
    "max age",
    "accepts children",
    "capacity",
)
EXAMPLE = (
    "Centrul Exemplu",
    "1003600000000",
    "right bank",
    "contact@exemplu.example",
    "022 000 000",
    "Sediu",
    "Ungheni",
    "Ungheni",
    "str. Exemplu 1",
    "no",
    "counselling",
    "Consiliere individuală",
    "session",
    "500.00",
    "MDL",
    "ro, ru",
    "everyone",
    "18",
    "120",
    "yes",
    "10",
)


def load_task(task_id: UUID) -> BackgroundTask:
    """Return one's own import."""
    return task_or_404(session(), current_actor(), task_id, (CHECK, WRITE))


@bp.form("/", _IMPORT)
def upload() -> Asking:
    """Queue the check of a file; nothing is written by it."""
    form = UploadForm()
    page = "providers/vetting/import/upload.html"
    yield asked(page, form, columns=COLUMNS, allowed=allowed())
    task = queue(
        session(),
        kind=CHECK,
        **acting(),
        options={"encoding": form.encoding.data},
        filename=(form.file.data.filename or "")[:200],
        content=form.file.data.read(),
    )
    return Next(url_for(".show", task_id=task.id))


@bp.page("/template.csv", _IMPORT)
def template() -> ResponseReturnValue:
    """Give an empty file with the right head and one invented row."""
    return _csv([COLUMNS, EXAMPLE], "template.csv")


@bp.page("/<uuid:task_id>", _IMPORT, load=load_task)
def show(task: BackgroundTask) -> ResponseReturnValue:
    """Show how far it is, what is wrong, or what was done."""
    page = "check" if task.kind == CHECK else "done"
    errors = task.result.get("errors", [])
    return render_template(
        f"providers/vetting/import/{page}.html",
        task=task,
        running=task.finished_at is None,
        far=how_far(task),
        failed=task.state == TaskState.FAILED,
        stopped=why_it_stopped(task),
        errors=[{**one, "words": _words(one)} for one in errors[:_SHOWN]],
        error_count=len(errors),
        most=MOST_ERRORS,
        rows=len(task.result.get("rows", [])),
        total=task.result.get("total", 0),
        ignored=task.result.get("ignored", []),
        notes=[_words(one) for one in task.result.get("notes", [])],
        allowed=allowed(),
        unreadable=bool(errors) and errors[0]["row"] == 0,
    )


@bp.page("/<uuid:task_id>/progress", _IMPORT, load=load_task)
def progress(task: BackgroundTask) -> ResponseReturnValue:
    """Give the bar alone; when it is finished, have the page loaded anew."""
    page = "providers/vetting/import/progress.html"
    answer = Response(render_template(page, task=task, far=how_far(task)))
    if task.finished_at is not None:
        answer.headers["HX-Refresh"] = "true"
    return answer


@bp.page("/<uuid:task_id>/errors.csv", _IMPORT, load=load_task)
def errors(task: BackgroundTask) -> ResponseReturnValue:
    """Give every error as a file that a spreadsheet can open without running anything."""
    head = (_("Row"), _("Organisation"), _("Column"), _("What is wrong"))
    body = [
        (str(one["row"]), one.get("whose", ""), one["column"], _words(one))
        for one in task.result.get("errors", [])
    ]
    return _csv([head, *body], "errors.csv")


@bp.act("/<uuid:task_id>/confirm", _IMPORT, load=load_task)
def confirm(task: BackgroundTask) -> Next:
    """Queue the writing of what is valid."""
    queued = _queue_writing(task)
    return Next(url_for(".show", task_id=queued.id), _("The import has begun."))


def _queue_writing(task: BackgroundTask) -> BackgroundTask:
    if task.kind != CHECK or task.state != TaskState.DONE or not task.result.get("rows"):
        raise Conflict(N_("There is nothing in this file that can be imported."))
    return queue(
        session(), kind=WRITE, **acting(), options={"check": str(task.id)}, filename=task.filename
    )


def _words(error: dict[str, Any]) -> str:
    message = error["message"]
    return str(_(message, **error["params"]))


def _csv(lines: list[tuple[str, ...]], name: str) -> Response:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in line] for line in lines)
    return Response(
        "\ufeff" + buffer.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
