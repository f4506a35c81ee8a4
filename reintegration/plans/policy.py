"""Who may do what with plans and emergency help: nobody decides on their own work."""

from reintegration.kernel.actor import Role
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import has_role, is_machine, not_by, on_case_team
from reintegration.plans.permissions import EmergencyPermission, PlanPermission

_worker = has_role(Role.CASE_MANAGER)
_supervisor = has_role(Role.SUPERVISOR)
_case_people = has_role(Role.CASE_MANAGER, Role.SUPERVISOR)
_on_team = _case_people & on_case_team
_works_on = _worker & on_case_team

POLICY: Policy = {
    EmergencyPermission.START: _worker,
    EmergencyPermission.LIST: _supervisor,
    EmergencyPermission.DECIDE: _supervisor & on_case_team & not_by("started_by"),
    PlanPermission.VIEW: _on_team,
    PlanPermission.EDIT: _works_on,
    PlanPermission.SUBMIT: _works_on,
    PlanPermission.DECIDE: _supervisor & on_case_team & not_by("submitted_by", "last_edited_by"),
    PlanPermission.LIST_DECISIONS: _supervisor,
    PlanPermission.MOVE_MILESTONE: (_worker & on_case_team) | is_machine,
}
