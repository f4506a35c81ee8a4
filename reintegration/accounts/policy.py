"""Who may do what with accounts."""

from reintegration.accounts.permissions import AccountPermission
from reintegration.kernel.actor import Role
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import has_role, is_machine, signed_in

POLICY: Policy = {
    AccountPermission.MANAGE_USERS: has_role(Role.ADMINISTRATOR) | is_machine,
    AccountPermission.MANAGE_ORGANISATIONS: has_role(Role.ADMINISTRATOR) | is_machine,
    AccountPermission.READ_AUDIT: has_role(Role.AUDITOR),
    AccountPermission.OWN_ACCOUNT: signed_in,
    AccountPermission.MANAGE_TOKENS: has_role(Role.PROVIDER_MANAGER) | is_machine,
}
