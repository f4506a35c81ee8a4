"""Who may do what with vouchers and deliveries."""

from collections.abc import Callable, Collection
from typing import Any

from reintegration.kernel.actor import Actor, Role
from reintegration.kernel.groups import books, case_people, finance, on_team, supervises, works_on
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import (
    OfSubject,
    Rows,
    Rule,
    has_role,
    is_machine,
    not_by,
    own_organisation,
)
from vouchers.voucher.permissions import HoldPermission, RedemptionPermission, VoucherPermission
from vouchers.voucher.states import HOLDS, HoldRule

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
    VoucherPermission.LIST: case_people | books,
    VoucherPermission.VIEW: on_team | books,
    VoucherPermission.DRAFT: works_on,
    VoucherPermission.APPROVE: (supervises & not_by("drafted_by")) | is_machine,
    VoucherPermission.ISSUE: works_on | is_machine,
    VoucherPermission.PRINT: works_on,
    VoucherPermission.SUSPEND: on_team | is_machine,
    VoucherPermission.RESUME: on_team | is_machine,
    HoldPermission.PLACE: (on_team & _placed_by_hand) | is_machine,
    HoldPermission.LIFT: (on_team & _lifted_by_hand) | is_machine,
    VoucherPermission.EXPIRE: is_machine,
    VoucherPermission.CANCEL: on_team | is_machine,
    VoucherPermission.REPLACE: works_on | is_machine,
    RedemptionPermission.VIEW: on_team | books,
    RedemptionPermission.RECORD: _desk,
    RedemptionPermission.LIST_OWN: _desk,
    RedemptionPermission.READ_RECEIPT: _desk & own_organisation,
    RedemptionPermission.REVERSE: (_desk & own_organisation) | finance | works_on,
    RedemptionPermission.LIST_UNCONFIRMED: case_people,
    RedemptionPermission.CONFIRM: on_team & not_by("recorded_by"),
    RedemptionPermission.REFUSE: on_team & not_by("recorded_by"),
}
