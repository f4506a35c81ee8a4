"""Who may do what with a case file: assignment decides, not rank."""

from reintegration.cases.permissions import CasePermission
from reintegration.kernel.actor import Role
from reintegration.kernel.permissions import Alternatives, Policy, has_role, not_by, on_case_team

_worker = has_role(Role.CASE_MANAGER)
_supervisor = has_role(Role.SUPERVISOR)
_case_people = has_role(Role.CASE_MANAGER, Role.SUPERVISOR)
_ON_TEAM: Alternatives = ((_case_people, on_case_team),)
_WORKS_ON: Alternatives = ((_worker, on_case_team),)

POLICY: Policy = {
    CasePermission.LIST: ((_case_people,),),
    CasePermission.VIEW: _ON_TEAM,
    CasePermission.REGISTER: ((_worker,),),
    CasePermission.EDIT: _WORKS_ON,
    CasePermission.READ_IDENTITY: _ON_TEAM,
    CasePermission.EDIT_IDENTITY: _WORKS_ON,
    CasePermission.ERASE_IDENTITY: ((_supervisor, on_case_team),),
    CasePermission.ASK_ERASURE: _WORKS_ON,
    CasePermission.DECIDE_ERASURE: ((_supervisor, on_case_team, not_by("asked_by")),),
    CasePermission.RECORD_CONSENT: _WORKS_ON,
    CasePermission.WITHDRAW_CONSENT: _ON_TEAM,
    CasePermission.WRITE_NOTE: _ON_TEAM,
    CasePermission.MANAGE_TEAM: ((_supervisor, on_case_team),),
    CasePermission.HAND_OVER: ((_supervisor, on_case_team),),
    CasePermission.CLOSE: _WORKS_ON,
}
