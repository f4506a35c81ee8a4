"""Who may read and change the directory."""

from providers.directory.permissions import ProviderPermission
from reintegration.kernel.actor import FINANCE_ROLES, Role
from reintegration.kernel.groups import provider_manager, vetting_officer
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import has_role, is_machine, own_organisation

_directory_readers = has_role(
    Role.CASE_MANAGER, Role.SUPERVISOR, Role.VETTING_OFFICER, *FINANCE_ROLES
)
_officer_or_own_manager = vetting_officer | (provider_manager & own_organisation)

POLICY: Policy = {
    ProviderPermission.LIST: _directory_readers,
    ProviderPermission.VIEW: _directory_readers,
    ProviderPermission.READ_PLACE: _officer_or_own_manager,
    ProviderPermission.READ_DOCUMENTS: _officer_or_own_manager,
    ProviderPermission.VIEW_OWN: provider_manager,
    ProviderPermission.EDIT: _officer_or_own_manager | is_machine,
    ProviderPermission.IMPORT: vetting_officer | is_machine,
}
