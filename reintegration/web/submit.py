"""The one edge of a write: load and authorise come before it, here are asking, doing, leading on.

A view of a form *yields* what it asks. What stands before the `yield` is done for a reader too and
writes nothing; what stands after it is done when the form was sent and is valid:

    form = BatchForm()
    yield Ask(lambda: _new_page(form), form)
    batches.prepare(session(), claim_ids=form.claims.data, **acting())
    return Next(url_for(".index"), _("The batch is prepared."))

A page that needs no function of its own is `asked(template, form, …)`, and one that only wants to
know why is `reason = yield from asked_why(template, ReasonForm(), …)`.

What a service refuses stands beside the field that the error names, with everything that was typed
still there, and nothing of it is kept. What it did is answered once (`reintegration.web.once`).
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from reintegration.kernel.db import session
from reintegration.kernel.errors import DomainError
from reintegration.web.forms import Form
from reintegration.web.once import Answer, once, respond


@dataclass(frozen=True, slots=True)
class Ask:
    """A page that asks before something is done; `page` draws it with what `form` holds.

    Without a form it only asks to be sure, and what a service refuses is a page of its own.
    """

    page: Callable[[], str]
    form: Form | None = None


Asking = Generator[Ask, None, Answer]
"""A view that asks, then does and says what comes next; it may lead elsewhere at once."""


def asked(template: str, form: Form | None = None, **shown: Any) -> Ask:
    """Ask on the page that `template` makes of the form and of what else is shown."""
    return Ask(lambda: render_template(template, form=form, **shown), form)


def asked_why(template: str, form: Form, **shown: Any) -> Generator[Ask, None, str]:
    """Ask for the `reason` of a form on the page of `template`; return what was said."""
    yield asked(template, form, **shown)
    return form["reason"].data or ""


def begin(asking: Asking) -> Ask | Answer:
    """Return what is asked, or where to go when there is nothing to ask."""
    try:
        return next(asking)
    except StopIteration as left:
        answer: Answer = left.value
        return answer


def submit(asking: Asking, *, remembered: bool = True) -> ResponseReturnValue:
    """Validate, act, and lead on; an invalid or refused form is shown again (422, 409, …)."""
    ask = begin(asking)
    if not isinstance(ask, Ask):
        return respond(ask)
    do = partial(_go_on, asking)
    if ask.form is None:
        return once(do, remembered=remembered)
    if not ask.form.validate():
        return ask.page(), 422
    try:
        return once(do, remembered=remembered)
    except DomainError as error:
        session().rollback()  # the page shows what stands, not what was tried
        ask.form.refuse(error)
        return ask.page(), error.status


def _go_on(asking: Asking) -> Answer:
    match begin(asking):
        case Ask():
            raise RuntimeError("a view asks once")
        case answer:
            return answer
