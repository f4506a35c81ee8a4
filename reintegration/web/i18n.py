"""Three languages: what was chosen in this browser, else by this person, else its header."""

from typing import Any

from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_locale, get_translations

from reintegration.codelists.languages import Locale
from reintegration.kernel.reader import reads_in
from reintegration.web import parameters
from reintegration.web.current import current_locale_choice

FORMATS = {Locale.RO: "ro_MD", Locale.RU: "ru_MD", Locale.EN: "en_GB"}


def init_app(app: Flask) -> None:
    """Choose the language of each request."""
    Babel(
        app,
        default_locale=Locale.RO,
        default_timezone="Europe/Chisinau",
        default_translation_directories="translations",
        locale_selector=chosen_locale,
    )
    reads_in(_spoken)
    # The library finds the catalogue anew for each string; a dense page has hundreds.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: catalogue().ugettext(text),
        ngettext=lambda one, many, count: catalogue().ungettext(one, many, count),
        pgettext=lambda about, text: catalogue().upgettext(about, text),
        npgettext=lambda about, one, many, count: catalogue().unpgettext(about, one, many, count),
        newstyle=True,
    )


def _spoken() -> str:
    locale = get_locale() if has_request_context() else None
    return locale.language if locale else Locale.EN


def catalogue() -> Any:
    """Return the translations of the present language, found once for a request."""
    locale = get_locale()
    kept = g.get("catalogue")
    if kept is None or kept[0] is not locale:
        kept = g.catalogue = (locale, get_translations())
    return kept[1]


def reader_language() -> str:
    """Return `ro`, `ru` or `en`: in which of its three languages data is said now."""
    locale = get_locale()
    return locale.language if locale else Locale.RO


def chosen_locale() -> str:
    """Return `ro`, `ru` or `en` for this request."""
    chosen = parameters.asked("lang", Locale) or session.get("locale") or current_locale_choice()
    if chosen in set(Locale):
        return Locale(chosen)
    accepted = request.accept_languages.best_match(list(Locale))
    return Locale(accepted) if accepted else Locale.RO
