"""Bringing a table in by the browser: upload, read what is wrong or what it would do, confirm."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reintegration.kernel.db import session
from reintegration.kernel.errors import N_, Conflict, NotFound
from reintegration.kernel.tasks import BackgroundTask, TaskState, queue
from reintegration.web import table_files
from reintegration.web.bringing import MOST_ERRORS, Kind
from reintegration.web.bringing import template as template_of
from reintegration.web.current import acting, current_actor
from reintegration.web.forms import Form, encoding_field, file_field
from reintegration.web.once import Next
from reintegration.web.pages import Pages
from reintegration.web.submit import Asking, asked
from reintegration.web.tasks import how_far, why_it_stopped

_SHOWN = 200
_FOLDER = "reintegration/web/bringing"


class TableForm(Form):
    """A table."""

    file = file_field(_l("File"), _l("CSV or XLSX, at most 20 MB."))
    encoding = encoding_field()


def pages_of(kind: Kind, url_prefix: str) -> Pages:
    """Return the pages by which tables of one kind come in."""
    bp = Pages(kind.pages, __name__, url_prefix=url_prefix)
    _add_sending(bp, kind)
    _add_showing(bp, kind)
    return bp


def _add_sending(bp: Pages, kind: Kind) -> None:
    """Add what is sent: a file, and the word that it comes in."""

    @bp.form("/", kind.permission)
    def upload() -> Asking:
        """Queue the check of a file; nothing is written by it."""
        form = TableForm()
        yield asked(f"{_FOLDER}/upload.html", form, kind=kind, allowed=kind.allowed())
        task = queue(
            session(),
            kind=kind.check,
            **acting(),
            options={"encoding": form.encoding.data},
            filename=(form.file.data.filename or "")[:200],
            content=form.file.data.read(),
        )
        return Next(url_for(".show", task_id=task.id))

    @bp.act("/<uuid:task_id>/confirm", kind.permission, load=_loading(kind))
    def confirm(task: BackgroundTask) -> Next:
        """Queue the writing of a table that was tried out."""
        done = task.kind == kind.check and task.state == TaskState.DONE
        if not done or task.result.get("errors"):
            raise Conflict(N_("There is nothing in this file that can be imported."))
        queued = queue(
            session(),
            kind=kind.write,
            **acting(),
            options={"check": str(task.id)},
            filename=task.filename,
        )
        return Next(url_for(".show", task_id=queued.id), _("The import has begun."))


def _add_showing(bp: Pages, kind: Kind) -> None:
    """Add what is looked at: templates, how far an import is, what is wrong."""
    may, load = kind.permission, _loading(kind)

    @bp.page("/template.csv", may)
    def template_csv() -> ResponseReturnValue:
        """Give a table with the right head and invented rows."""
        return _file("csv", f"{kind.name}-template", *template_of(kind))

    @bp.page("/template.xlsx", may)
    def template_xlsx() -> ResponseReturnValue:
        """Give the same as a workbook."""
        return _file("xlsx", f"{kind.name}-template", *template_of(kind))

    @bp.page("/<uuid:task_id>", may, load=load)
    def show(task: BackgroundTask) -> ResponseReturnValue:
        """Show how far it is, what is wrong, what would be done, or what was."""
        return _show(kind, task)

    @bp.page("/<uuid:task_id>/progress", may, load=load)
    def progress(task: BackgroundTask) -> ResponseReturnValue:
        """Give the bar alone; when it is finished, have the page loaded anew."""
        page = f"{_FOLDER}/progress.html"
        answer = Response(render_template(page, task=task, kind=kind, far=how_far(task)))
        if task.finished_at is not None:
            answer.headers["HX-Refresh"] = "true"
        return answer

    @bp.page("/<uuid:task_id>/errors.csv", may, load=load)
    def errors(task: BackgroundTask) -> ResponseReturnValue:
        """Give every error as a file that a spreadsheet can open without running anything."""
        head = (_("Row"), _("Whose row"), _("Column"), _("What is wrong"))
        body = [
            (str(one["row"] or ""), one["whose"], one["column"], _words(one))
            for one in task.result.get("errors", [])
        ]
        return _file("csv", "errors", head, body)


def _loading(kind: Kind) -> Callable[[UUID], BackgroundTask]:
    """Return what finds a task of this kind that one started oneself."""

    def load(task_id: UUID) -> BackgroundTask:
        task = session().get(BackgroundTask, task_id)
        kinds = (kind.check, kind.write)
        if task is None or task.kind not in kinds or task.started_by != current_actor().id:
            raise NotFound
        return task

    return load


def _show(kind: Kind, task: BackgroundTask) -> str:
    told = task.result
    errors = told.get("errors", [])
    page = "check" if task.kind == kind.check else "done"
    return render_template(
        f"{_FOLDER}/{page}.html",
        kind=kind,
        task=task,
        running=task.finished_at is None,
        far=how_far(task),
        failed=task.state == TaskState.FAILED,
        stopped=why_it_stopped(task),
        errors=[{**one, "words": _words(one)} for one in errors[:_SHOWN]],
        error_count=len(errors),
        most=MOST_ERRORS,
        counts=[
            (said, told["counts"][name])
            for name, said in kind.counted.items()
            if name in told.get("counts", {})
        ],
        ignored=told.get("ignored", []),
        notes=[_words(one) for one in told.get("notes", [])],
        allowed=kind.allowed(),
        unreadable=bool(errors) and not errors[0]["row"] and not told.get("total"),
    )


def _words(said: dict[str, Any]) -> str:
    message = said["message"]
    return str(_(message, **said["params"]))


def _file(kind: str, name: str, head: Any, rows: Any) -> Response:
    write, mimetype = table_files.FILES[kind]
    disposition = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(b"".join(write(head, rows)), mimetype=mimetype, headers=disposition)
