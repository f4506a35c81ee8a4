"""Who may do what with accounts."""

from typing import Any

from sqlalchemy import ColumnElement, true

from reintegration.accounts.permissions import AccountPermission
from reintegration.kernel.actor import PROVIDER_ROLES, Actor, Role
from reintegration.kernel.groups import as_oneself
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import OfSubject, has_role, is_machine, signed_in

is_deputy = OfSubject(
    lambda actor, named: named.deputy_id == actor.id,
    lambda actor, model: model.deputy_id == actor.id,
)
is_represented = OfSubject(
    lambda actor, named: named.represented_id == actor.id,
    lambda actor, model: model.represented_id == actor.id,
)


is_namer = OfSubject(
    lambda actor, named: actor.id is not None and named.named_by == actor.id,
    lambda actor, model: model.named_by == actor.id,
)


def _looks_after(actor: Actor, person: Any) -> bool:
    if actor.has_role(Role.ADMINISTRATOR):
        return True
    return bool(person.supervisor_id == actor.id)


def _looked_after(actor: Actor, model: Any) -> ColumnElement[bool]:
    if actor.has_role(Role.ADMINISTRATOR):
        return true()
    return model.supervisor_id == actor.id  # type: ignore[no-any-return]


of_ones_organisation = OfSubject(
    lambda actor, device: device.organisation_id == actor.organisation_id,
    lambda actor, model: model.organisation_id == actor.organisation_id,
)
of_whom_one_looks_after = OfSubject(_looks_after, _looked_after)
"""Anybody, for an administrator; for a supervisor, whom they supervise."""

POLICY: Policy = {
    AccountPermission.MANAGE_USERS: has_role(Role.ADMINISTRATOR) | is_machine,
    AccountPermission.BRING_IN: has_role(
        Role.ADMINISTRATOR,
        Role.VETTING_OFFICER,
        Role.CASE_MANAGER,
        Role.FINANCE_PREPARER,
        Role.FINANCE_APPROVER,
    ),
    AccountPermission.MANAGE_ORGANISATIONS: has_role(Role.ADMINISTRATOR) | is_machine,
    AccountPermission.READ_AUDIT: has_role(Role.AUDITOR),
    AccountPermission.OWN_ACCOUNT: signed_in,
    AccountPermission.NAME_DEPUTY: as_oneself,
    AccountPermission.NAME_DEPUTY_FOR: has_role(Role.ADMINISTRATOR, Role.SUPERVISOR)
    & as_oneself
    & of_whom_one_looks_after,
    AccountPermission.ANSWER_DEPUTYSHIP: as_oneself & is_deputy,
    AccountPermission.END_DEPUTYSHIP: signed_in
    & (is_deputy | is_represented | is_namer | has_role(Role.ADMINISTRATOR)),
    AccountPermission.STAND_IN: signed_in & is_deputy,
    AccountPermission.MANAGE_TOKENS: has_role(Role.PROVIDER_MANAGER) | is_machine,
    AccountPermission.MAKE_DEVICE_CODE: has_role(Role.PROVIDER_MANAGER),
    AccountPermission.MANAGE_DEVICES: has_role(Role.PROVIDER_MANAGER) & of_ones_organisation,
    AccountPermission.ADMIT_DEVICE: has_role(*PROVIDER_ROLES),
}
