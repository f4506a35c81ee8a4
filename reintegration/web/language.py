"""Choosing a language: in this browser, and for the person who is signed in."""

import re

from flask import Flask, session

from reintegration.codelists.languages import Locale
from reintegration.web import parameters, slots
from reintegration.web.once import Next
from reintegration.web.pages import Pages
from reintegration.web.requires import WebPermission

bp = Pages("i18n", __name__)
_OUR_PATH = re.compile(r"/(?!/)[^\s\\\x00-\x1f\x7f-\x9f]*")


def init_app(app: Flask) -> None:
    """Add the address that the menu of languages posts to."""
    app.register_blueprint(bp)


@bp.act("/language", WebPermission.ANYONE, remembered=False)
def set_locale() -> Next:
    """Remember the language for this browser, and for the person who is signed in.

    A floor above keeps it for the person: `i18n.chosen` is a slot of callables (locale).
    """
    locale = parameters.posted("locale")
    if locale in set(Locale):
        session["locale"] = locale
        slots.collect("i18n.chosen", locale=Locale(locale))
    return Next(local_target(parameters.posted("next", limit=parameters.LONGEST_CURSOR)))


def local_target(target: str) -> str:
    """Return `target` when it is a path of ours, else the front page (no open redirect).

    A browser drops blanks and controls and takes a backslash for a slash before it looks where a
    link leads: a path of ours has none of them.
    """
    return target if _OUR_PATH.fullmatch(target) else "/"
