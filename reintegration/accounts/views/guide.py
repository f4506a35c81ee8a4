"""Help: the guide of one's own role, out of `docs/guides`, on a page of ours."""

from functools import cache
from pathlib import Path

from flask import render_template
from flask.typing import ResponseReturnValue

from reintegration.accounts.permissions import AccountPermission
from reintegration.accounts.views import bp
from reintegration.kernel.actor import Role
from reintegration.settings import ROOT
from reintegration.web.current import current_actor
from reintegration.web.guides import as_page

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
"""Which guide a role reads; the names of files in `docs/guides`."""
_EVERYBODY = "## For everyone"


@bp.page("/guide", AccountPermission.OWN_ACCOUNT)
def guide() -> ResponseReturnValue:
    """Show the guides of the roles that a person has, and what holds for everyone."""
    actor = current_actor()
    names = dict.fromkeys(GUIDES[role] for role in Role if role in actor.roles)
    texts = [_text(name) for name in names]
    everybody = _text("README").partition(_EVERYBODY)[2]
    return render_template(
        "reintegration/accounts/guide.html",
        guides=[as_page(text) for text in (*texts, _EVERYBODY + everybody)],
        layout="layout/provider.html" if actor.is_provider else "layout/staff.html",
    )


@cache
def _text(name: str) -> str:
    return Path(ROOT, "docs", "guides", f"{name}.md").read_text(encoding="utf-8")
