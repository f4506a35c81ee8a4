"""Groups of roles that policies speak of: what a person is for, in a word."""

from reintegration.kernel.actor import FINANCE_ROLES, ActorKind, Role
from reintegration.kernel.rules import OfActor, has_role, on_case_team

as_oneself = OfActor(lambda actor: actor.kind is ActorKind.PERSON and actor.for_id is None)
"""A person who does not act for somebody else now: what one was lent, one does not lend on."""

worker = has_role(Role.CASE_MANAGER)
supervisor = has_role(Role.SUPERVISOR)
case_people = has_role(Role.CASE_MANAGER, Role.SUPERVISOR)
on_team = case_people & on_case_team
"""Either on a case's team; `works_on` and `supervises` are the one and the other."""
works_on = worker & on_case_team
supervises = supervisor & on_case_team

vetting_officer = has_role(Role.VETTING_OFFICER)
provider_manager = has_role(Role.PROVIDER_MANAGER)

preparer = has_role(Role.FINANCE_PREPARER)
finance_approver = has_role(Role.FINANCE_APPROVER)
finance = has_role(*FINANCE_ROLES)
books = has_role(*FINANCE_ROLES, Role.AUDITOR)
"""Who reads the books."""
