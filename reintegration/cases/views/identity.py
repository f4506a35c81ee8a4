"""Name and details: shown once, after a reason, and written down that they were."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, url_for
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
from reintegration.web.current import acting, current_actor
from reintegration.web.forms import Form
from reintegration.web.requires import requires
from reintegration.web.submit import submit
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
    """Show the details once; who, when and why is kept, and each look is one."""
    reason = ReasonForm()
    return submit(
        reason,
        lambda: vault.read_identity(
            session(), case=case, reason=reason.reason.data or "", **acting()
        ),
        again=lambda: _page(case, reason=reason),
        shown=lambda identity: _shown_page(case, identity, reason),
        remembered=False,
    )


@bp.post("/<uuid:case_id>/identity/edit", endpoint="case_identity_save")
@requires(CasePermission.EDIT_IDENTITY, load=load_case)
@transactional
def case_identity_save(case: CaseFile) -> ResponseReturnValue:
    """Seal what was typed, after the same look for the same person as at registration."""
    form = IdentityForm()
    return submit(
        form,
        lambda: _seal(case, form),
        again=lambda: _page(case, form=form, known=known_cases(form)),
        said=_("The details are sealed."),
        to=url_for(".case_identity", case_id=case.id),
    )


def _seal(case: CaseFile, form: IdentityForm) -> None:
    actor, now, identity = current_actor(), clock.now(), form.identity()
    duplicates.refuse_known(
        session(),
        actor=actor,
        identity=identity,
        another=bool(form.another.data),
        now=now,
        except_case=case.id,
    )
    vault.store_identity(session(), actor=actor, case=case, identity=identity, now=now)


def known_cases(form: Form) -> Sequence[CaseFile]:
    """Return one's own cases of the same person, when that is why the form was refused."""
    return form.refused.cases if isinstance(form.refused, duplicates.KnownAlready) else ()


def _shown_page(case: CaseFile, identity: vault.Identity, reason: ReasonForm) -> str:
    filled = {name: getattr(identity, name) for name in vault.FIELDS}
    return _page(
        case,
        shown=identity,
        form=IdentityForm(formdata=None, data=filled),
        given=reason.reason.data,
    )


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
