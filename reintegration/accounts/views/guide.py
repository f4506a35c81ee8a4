"""Help: the guide of one's own role in one's language, out of `docs/guides`, on a page of ours."""

from functools import cache
from pathlib import Path

from flask import render_template
from flask.typing import ResponseReturnValue

from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.views import bp
from reintegration.codelists.languages import Locale
from reintegration.kernel.actor import Role
from reintegration.settings import ROOT
from reintegration.web.current import current_actor
from reintegration.web.guides import as_page
from reintegration.web.i18n import chosen_locale

GUIDES: dict[Role, str] = {
    Role.CASE_MANAGER: "case-manager",
    Role.SUPERVISOR: "supervisor",
    Role.VETTING_OFFICER: "vetting-officer",
    Role.FINANCE_PREPARER: "finance",
    Role.FINANCE_APPROVER: "finance",
    Role.FINANCE_RELEASER: "finance",
    Role.AUDITOR: "auditor",
    Role.ADMINISTRATOR: "administrator",
    Role.PROVIDER_RECEPTION: "provider",
    Role.PROVIDER_COORDINATOR: "provider",
    Role.PROVIDER_BOOKKEEPER: "provider",
    Role.PROVIDER_MANAGER: "provider",
}
"""Which guide a role reads; the names of files in `docs/guides`, the same in each language."""
_EVERYBODY = "\n## "


@bp.page("/guide", AccountPermission.OWN_ACCOUNT)
def guide() -> ResponseReturnValue:
    """Show the guides of the roles that a person has, and what holds for everyone."""
    actor, locale = current_actor(), Locale(chosen_locale())
    names = dict.fromkeys(GUIDES[role] for role in Role if role in actor.roles)
    texts = [_text(locale, name) for name in names]
    _, heading, everybody = _text(locale, "README").partition(_EVERYBODY)
    return render_template(
        "reintegration/accounts/guide.html",
        guides=[as_page(text) for text in (*texts, heading + everybody)],
        layout="layout/provider.html" if actor.is_provider else "layout/staff.html",
    )


def folder(locale: Locale) -> Path:
    """Return where the guides of a language are: the English ones stand above the others."""
    guides = Path(ROOT, "docs", "guides")
    return guides if locale == Locale.EN else guides / locale


@cache
def _text(locale: Locale, name: str) -> str:
    return (folder(locale) / f"{name}.md").read_text(encoding="utf-8")
