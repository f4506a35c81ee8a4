"""While the demo is being made nothing else can be shown: every page says so and asks again.

Only in the demo: an empty production is not being filled. Once the demo is whole, a process does
not ask any more.
"""

from flask import Flask, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from reintegration.kernel import filling
from reintegration.settings import Settings
from reintegration.web import errors

_OPEN = frozenset({"static", "healthz", "readyz", "i18n.set_locale"})
_AGAIN_AFTER = 5
_WHOLE = "demo.whole"


def init_app(app: Flask) -> None:
    """Stand before every page; before all else that looks at a request."""
    settings: Settings = app.extensions["settings"]
    if settings.is_demo:
        app.before_request(_wait)


def is_going_on() -> bool:
    """Whether the demo is still being made."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.is_demo or current_app.extensions.get(_WHOLE):
        return False
    if filling.is_going_on(settings.instance):
        return True
    current_app.extensions[_WHOLE] = True
    return False


def _wait() -> ResponseReturnValue | None:
    if request.endpoint in _OPEN or not is_going_on():
        return None
    if errors.is_api():
        said = gettext("The demo is being made. Try again in a minute.")
        answer = errors.problem(503, "filling", said)
    else:
        settings: Settings = current_app.extensions["settings"]
        percent = filling.percent_done(settings.instance)
        answer = make_response(
            render_template("errors/filling.html", percent=percent, again_after=_AGAIN_AFTER), 503
        )
    answer.headers["Retry-After"] = str(_AGAIN_AFTER)
    return answer
