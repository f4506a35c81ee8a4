"""Who may do what with messages to the outside."""

from reintegration.kernel.actor import Role
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import has_role, is_machine
from reintegration.operations.permissions import OutgoingPermission

POLICY: Policy = {OutgoingPermission.DECIDE: has_role(Role.ADMINISTRATOR) | is_machine}
