"""Who may do what with what stands at Stripe."""

from reintegration.kernel.actor import FINANCE_ROLES, Role
from reintegration.kernel.groups import books, finance_approver, preparer, provider_manager
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import (
    has_role,
    is_machine,
    is_service,
    is_set,
    not_by,
    own_organisation,
)
from vouchers.stripe_rail.permissions import StripePermission

_bookkeeper = has_role(Role.PROVIDER_BOOKKEEPER, Role.PROVIDER_MANAGER)

POLICY: Policy = {
    StripePermission.VIEW_ACCOUNT: has_role(*FINANCE_ROLES, Role.AUDITOR, Role.VETTING_OFFICER)
    | (_bookkeeper & own_organisation),
    StripePermission.VIEW: books,
    StripePermission.TELL: is_service,
    StripePermission.TRY_AGAIN: preparer,
    StripePermission.VIEW_WAYS: has_role(*FINANCE_ROLES, Role.AUDITOR, Role.ADMINISTRATOR),
    StripePermission.NOTE: preparer,
    StripePermission.POST_CHARGE: finance_approver & is_set("noted_by") & not_by("noted_by"),
    StripePermission.SWEEP: preparer | finance_approver,
    StripePermission.MATCH: is_machine,
    StripePermission.REVERSE: preparer,
    StripePermission.CONFIRM_REVERSAL: finance_approver & not_by("asked_by"),
    StripePermission.FINISH_REVERSAL: is_machine,
    StripePermission.OPEN_ACCOUNT: provider_manager & own_organisation,
    StripePermission.ASK: preparer | (_bookkeeper & own_organisation),
    StripePermission.FAILED_PAYOUTS: books | _bookkeeper,
    StripePermission.KEEP: is_machine,
}
