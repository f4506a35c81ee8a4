"""Who may do what with vouchers and deliveries."""

from collections.abc import Callable, Collection
from typing import Any

from reintegration.kernel.actor import FINANCE_ROLES, Actor, Role
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import (
    OfSubject,
    Rows,
    Rule,
    has_role,
    is_machine,
    not_by,
    on_case_team,
    own_organisation,
)
from vouchers.voucher.permissions import HoldPermission, RedemptionPermission, VoucherPermission
from vouchers.voucher.states import HOLDS, HoldRule

_worker = has_role(Role.CASE_MANAGER)
_supervisor = has_role(Role.SUPERVISOR)
_case_people = has_role(Role.CASE_MANAGER, Role.SUPERVISOR)
_finance = has_role(*FINANCE_ROLES)
_books = has_role(*FINANCE_ROLES, Role.AUDITOR)
_desk = has_role(Role.PROVIDER_RECEPTION, Role.PROVIDER_COORDINATOR, Role.PROVIDER_MANAGER)


def _by_cause(roles: Callable[[HoldRule], Collection[Role]]) -> Rule:
    """Return a rule: the cause of the hold names a role of the actor among these."""

    def rows(actor: Actor, model: Any) -> Rows:
        causes = [cause for cause, rule in HOLDS.items() if actor.has_role(*roles(rule))]
        return model.cause.in_(causes)  # type: ignore[no-any-return]

    return OfSubject(lambda actor, hold: actor.has_role(*roles(HOLDS[hold.cause])), rows)


_placed_by_hand = _by_cause(lambda rule: rule.placed_by)
_lifted_by_hand = _by_cause(lambda rule: rule.lifted_by)

POLICY: Policy = {
    VoucherPermission.LIST: _case_people | _books,
    VoucherPermission.VIEW: (_case_people & on_case_team) | _books,
    VoucherPermission.DRAFT: _worker & on_case_team,
    VoucherPermission.APPROVE: (_supervisor & on_case_team & not_by("drafted_by")) | is_machine,
    VoucherPermission.ISSUE: (_worker & on_case_team) | is_machine,
    VoucherPermission.PRINT: _worker & on_case_team,
    VoucherPermission.SUSPEND: (_case_people & on_case_team) | is_machine,
    VoucherPermission.RESUME: (_case_people & on_case_team) | is_machine,
    HoldPermission.PLACE: (_case_people & on_case_team & _placed_by_hand) | is_machine,
    HoldPermission.LIFT: (_case_people & on_case_team & _lifted_by_hand) | is_machine,
    VoucherPermission.EXPIRE: is_machine,
    VoucherPermission.CANCEL: (_case_people & on_case_team) | is_machine,
    VoucherPermission.REPLACE: (_worker & on_case_team) | is_machine,
    RedemptionPermission.VIEW: (_case_people & on_case_team) | _books,
    RedemptionPermission.RECORD: _desk,
    RedemptionPermission.LIST_OWN: _desk,
    RedemptionPermission.READ_RECEIPT: _desk & own_organisation,
    RedemptionPermission.REVERSE: (_desk & own_organisation) | _finance | (_worker & on_case_team),
    RedemptionPermission.LIST_UNCONFIRMED: _case_people,
    RedemptionPermission.CONFIRM: _case_people & on_case_team & not_by("recorded_by"),
    RedemptionPermission.REFUSE: _case_people & on_case_team & not_by("recorded_by"),
}
