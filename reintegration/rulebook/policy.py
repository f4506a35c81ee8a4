"""Who sets the rules: an administrator proposes, who answers for people or for money decides."""

from reintegration.kernel.actor import FINANCE_ROLES, Role
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import OfSubject, has_role, is_machine, not_by
from reintegration.rulebook.permissions import RulePermission

_administrator = has_role(Role.ADMINISTRATOR)
_readers = has_role(
    *FINANCE_ROLES, Role.ADMINISTRATOR, Role.SUPERVISOR, Role.VETTING_OFFICER, Role.AUDITOR
)
_answers_for_it = has_role(Role.SUPERVISOR, Role.FINANCE_APPROVER) & OfSubject(
    lambda actor, version: version.decided_by in actor.roles,
    lambda actor, model: model.decided_by.in_(sorted(actor.roles)),
)
"""A supervisor for what touches people, a finance approver for what touches money."""

POLICY: Policy = {
    RulePermission.READ: _readers,
    RulePermission.PROPOSE: _administrator,
    RulePermission.DECIDE: _answers_for_it & not_by("proposed_by"),
    RulePermission.TAKE_BACK: _administrator | _answers_for_it,
    RulePermission.LAPSE: is_machine,
}
