"""Who may do what with plans and emergency help: nobody decides on their own work."""

from reintegration.kernel.groups import on_team, supervises, supervisor, worker, works_on
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import is_machine, not_among, not_by
from reintegration.papers.holders import Rules
from reintegration.plans.permissions import EmergencyPermission, PlanPermission

MILESTONE_PAPERS = Rules(reads=on_team, adds=works_on)

POLICY: Policy = {
    EmergencyPermission.START: worker,
    EmergencyPermission.LIST: supervisor,
    EmergencyPermission.DECIDE: supervises & not_by("started_by"),
    PlanPermission.VIEW: on_team,
    PlanPermission.EDIT: works_on,
    PlanPermission.SUBMIT: works_on,
    PlanPermission.DECIDE: supervises
    & not_by("submitted_by", "last_edited_by")
    & not_among("written_by"),
    PlanPermission.LIST_DECISIONS: supervisor,
    PlanPermission.MOVE_MILESTONE: works_on | is_machine,
}
