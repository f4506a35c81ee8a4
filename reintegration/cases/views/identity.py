"""Name and details: shown once, after a reason, and written down that they were."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, url_for
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
from reintegration.web.once import Next, Shown
from reintegration.web.submit import Ask, Asking


@bp.form(
    "/<uuid:case_id>/identity",
    CasePermission.READ_IDENTITY,
    load=load_case,
    remembered=False,
    fresh=True,
)
def case_identity(case: CaseFile) -> Asking:
    """Show the details once; who, when and why is kept, and each look is one."""
    reason = ReasonForm()
    yield Ask(lambda: _page(case, reason=reason, form=_first_form(case)), reason)
    identity = vault.read_identity(
        session(), case=case, reason=reason.reason.data or "", **acting()
    )
    return Shown(_shown_page(case, identity, reason))


@bp.act("/<uuid:case_id>/identity/edit", CasePermission.EDIT_IDENTITY, load=load_case, fresh=True)
def case_identity_save(case: CaseFile) -> Asking:
    """Seal what was typed, after the same look for the same person as at registration."""
    form = IdentityForm()
    yield Ask(lambda: _page(case, form=form, known=known_cases(form)), form)
    _seal(case, form)
    return Next(url_for(".case_identity", case_id=case.id), _("The details are sealed."))


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


def _first_form(case: CaseFile) -> IdentityForm | None:
    """Return the form of the details where nothing is stored yet."""
    state = stored.vault_state(session(), case.id)
    return IdentityForm(formdata=None) if state is stored.VaultState.EMPTY else None


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
