"""Who may do what with a case file: assignment decides, not rank."""

from reintegration.cases.permissions import CasePermission
from reintegration.kernel.groups import case_people, on_team, supervises, worker, works_on
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import not_by
from reintegration.papers.holders import Rules

CONSENT_PAPERS = Rules(reads=on_team, adds=works_on)

POLICY: Policy = {
    CasePermission.LIST: case_people,
    CasePermission.VIEW: on_team,
    CasePermission.REGISTER: worker,
    CasePermission.EDIT: works_on,
    CasePermission.READ_IDENTITY: on_team,
    CasePermission.EDIT_IDENTITY: works_on,
    CasePermission.ERASE_IDENTITY: supervises,
    CasePermission.ASK_ERASURE: works_on,
    CasePermission.DECIDE_ERASURE: supervises & not_by("asked_by"),
    CasePermission.RECORD_CONSENT: works_on,
    CasePermission.WITHDRAW_CONSENT: on_team,
    CasePermission.WRITE_NOTE: on_team,
    CasePermission.MANAGE_TEAM: supervises,
    CasePermission.HAND_OVER: supervises,
    CasePermission.CLOSE: works_on,
}
