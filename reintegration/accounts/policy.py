"""Who may do what with accounts."""

from reintegration.accounts.permissions import AccountPermission
from reintegration.kernel.actor import Role
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import has_role, signed_in

POLICY: Policy = {
    AccountPermission.MANAGE_USERS: has_role(Role.ADMINISTRATOR),
    AccountPermission.MANAGE_ORGANISATIONS: has_role(Role.ADMINISTRATOR),
    AccountPermission.READ_AUDIT: has_role(Role.AUDITOR),
    AccountPermission.OWN_ACCOUNT: signed_in,
}
