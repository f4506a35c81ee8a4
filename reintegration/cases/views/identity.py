"""Name and details: shown once, after a reason, and written down that they were."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.cases.forms import IdentityForm, ReasonForm
from reintegration.cases.models import CaseFile
from reintegration.cases.permissions import CasePermission
from reintegration.cases.queries import erasures
from reintegration.cases.queries import identity as stored
from reintegration.cases.services import duplicates, vault
from reintegration.cases.views import bp
from reintegration.cases.views.frame import load_case, shell
from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.kernel.errors import DomainError
from reintegration.web.current import current_actor
from reintegration.web.requires import requires
from reintegration.web.transactional import transactional


@bp.get("/<uuid:case_id>/identity")
@requires(CasePermission.READ_IDENTITY, load=load_case)
def case_identity(case: CaseFile) -> ResponseReturnValue:
    """Ask for a reason; where nothing is stored yet, offer to write it down."""
    vault_state = stored.vault_state(session(), case.id)
    form = IdentityForm() if vault_state is stored.VaultState.EMPTY else None
    return _page(case, reason=ReasonForm(), form=form)


@bp.post("/<uuid:case_id>/identity", endpoint="case_identity_read")
@requires(CasePermission.READ_IDENTITY, load=load_case)
@transactional
def case_identity_read(case: CaseFile) -> ResponseReturnValue:
    """Show the details once; who, when and why is kept."""
    reason = ReasonForm()
    if not reason.validate():
        return _page(case, reason=reason), 422
    try:
        identity = vault.read_identity(
            session(),
            actor=current_actor(),
            case=case,
            reason=reason.reason.data or "",
            now=clock.now(),
        )
    except DomainError as error:
        reason.refuse(error, "reason")
        return _page(case, reason=reason), error.status
    filled = {name: getattr(identity, name) for name in vault.FIELDS}
    return _page(
        case,
        shown=identity,
        form=IdentityForm(formdata=None, data=filled),
        given=reason.reason.data,
    )


@bp.post("/<uuid:case_id>/identity/edit", endpoint="case_identity_save")
@requires(CasePermission.EDIT_IDENTITY, load=load_case)
@transactional
def case_identity_save(case: CaseFile) -> ResponseReturnValue:
    """Seal what was typed, after the same look for the same person as at registration."""
    form = IdentityForm()
    if not form.validate():
        return _page(case, form=form), 422
    actor, now, identity = current_actor(), clock.now(), form.identity()
    try:
        known = duplicates.look_up(
            session(), actor=actor, identity=identity, now=now, except_case=case.id
        )
        if known and not form.another.data:
            return _page(case, form=form, known=known), 409
        vault.store_identity(session(), actor=actor, case=case, identity=identity, now=now)
    except DomainError as error:
        form.refuse(error)
        return _page(case, form=form), error.status
    flash(_("The details are sealed."), "done")
    return redirect(url_for(".case_identity", case_id=case.id))


def _page(
    case: CaseFile,
    *,
    reason: ReasonForm | None = None,
    form: IdentityForm | None = None,
    known: Sequence[CaseFile] = (),
    **more: Any,
) -> str:
    return render_template(
        "reintegration/cases/identity.html",
        **shell(case, "cases.case_identity"),
        reason=reason,
        form=form,
        known=known,
        fields=vault.FIELDS,
        vault_state=stored.vault_state(session(), case.id),
        erasure=erasures.waiting(session(), case.id),
        **more,
    )
