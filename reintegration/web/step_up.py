"""Showing once more that it is you, before an act that does harm in other hands.

An address that is `fresh` opens to who confirmed who they are within some minutes. Who has not is
asked on a page of its own and led on to what they wanted: what a form sent is carried through that
page, so nothing that was typed is lost.
"""

from collections.abc import Iterator
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import PasswordField
from wtforms.validators import Length

from reintegration.kernel.db import session
from reintegration.kernel.errors import DomainError
from reintegration.kernel.ports import Port
from reintegration.web.forms import Form
from reintegration.web.transactional import transactional

FIELD = "step_up"
"""What somebody shows on the page between: a code, or their password."""
LONGEST_ANSWER = 8_000
"""What a passkey says in the place of a code."""
_NOT_CARRIED = frozenset({FIELD, "csrf_token"})

is_fresh = Port[[Session], bool]("whether the person of this request showed lately who they are")
asks_for = Port[[Session], str]("what they show: the name of the field, `code` or `password`")
passkey = Port[[Session], dict[str, Any] | None]("what their passkey may sign instead, if any")
confirm = Port[[Session, str], None]("that what they showed is right; raises a DomainError")


class StepUpForm(Form):
    """What is shown on the page between; the acts say which."""

    refused_at = FIELD

    step_up = PasswordField(validators=[Length(max=LONGEST_ANSWER)])


def ask_anew() -> ResponseReturnValue | None:
    """Return the page between, or None where the act may go on."""
    if is_fresh(session()):
        return None
    if request.method == "GET":
        return redirect(url_for("accounts.confirm", next=request.full_path.rstrip("?")))
    if request.files:
        flash(_("Then choose the file again: a file cannot wait here."), "warning")
        return redirect(url_for("accounts.confirm", next=request.path))
    form = StepUpForm()
    if FIELD not in request.form:
        return page(form, action=request.full_path.rstrip("?")), 403
    try:
        transactional(_confirmed)(form)
    except DomainError as error:
        form.refuse(error)
        return page(form, action=request.full_path.rstrip("?")), error.status
    return None


def page(form: StepUpForm, *, action: str) -> str:
    """Return the page between: what was typed before stands in it, unseen."""
    return render_template(
        "reintegration/accounts/confirm.html",
        form=form,
        action=action,
        asks_for=asks_for(session()),
        passkey=passkey(session()),
        carried=list(_carried()),
    )


def _confirmed(form: StepUpForm) -> ResponseReturnValue:
    confirm(session(), form.step_up.data or "")
    return ""


def _carried() -> Iterator[tuple[str, str]]:
    if request.method == "POST":
        sent = request.form.items(multi=True)
        yield from ((name, value) for name, value in sent if name not in _NOT_CARRIED)
