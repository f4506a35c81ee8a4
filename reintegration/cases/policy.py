"""Who may do what with a case file: assignment decides, not rank."""

from reintegration.cases.permissions import CasePermission
from reintegration.kernel.actor import Role
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import has_role, not_by, on_case_team

_worker = has_role(Role.CASE_MANAGER)
_supervisor = has_role(Role.SUPERVISOR)
_case_people = has_role(Role.CASE_MANAGER, Role.SUPERVISOR)
_on_team = _case_people & on_case_team
_works_on = _worker & on_case_team

POLICY: Policy = {
    CasePermission.LIST: _case_people,
    CasePermission.VIEW: _on_team,
    CasePermission.REGISTER: _worker,
    CasePermission.EDIT: _works_on,
    CasePermission.READ_IDENTITY: _on_team,
    CasePermission.EDIT_IDENTITY: _works_on,
    CasePermission.ERASE_IDENTITY: _supervisor & on_case_team,
    CasePermission.ASK_ERASURE: _works_on,
    CasePermission.DECIDE_ERASURE: _supervisor & on_case_team & not_by("asked_by"),
    CasePermission.RECORD_CONSENT: _works_on,
    CasePermission.WITHDRAW_CONSENT: _on_team,
    CasePermission.WRITE_NOTE: _on_team,
    CasePermission.MANAGE_TEAM: _supervisor & on_case_team,
    CasePermission.HAND_OVER: _supervisor & on_case_team,
    CasePermission.CLOSE: _works_on,
}
