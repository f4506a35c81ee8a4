"""Who may do what with a case file: assignment decides, not rank."""

from sqlalchemy import or_

from reintegration.cases.permissions import CasePermission
from reintegration.kernel.actor import Role
from reintegration.kernel.groups import (
    as_oneself,
    case_people,
    on_team,
    supervises,
    supervisor,
    worker,
    works_on,
)
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import OfSubject, has_role, is_machine, not_by, signed_in
from reintegration.kernel.signing import signers
from reintegration.papers.holders import Rules

CONSENT_PAPERS = Rules(reads=on_team, adds=works_on)

_receives = OfSubject(
    lambda actor, offer: offer.to_id == actor.id, lambda actor, model: model.to_id == actor.id
)
"""The cases are offered to this very person: nobody takes them on for another."""
_gives = OfSubject(
    lambda actor, offer: offer.from_id == actor.id, lambda actor, model: model.from_id == actor.id
)
_offered = OfSubject(
    lambda actor, offer: not actor.eyes.isdisjoint(signers(offer, "offered_by")),
    lambda actor, model: or_(model.offered_by.in_(actor.eyes), model.offered_for.in_(actor.eyes)),
)

POLICY: Policy = {
    CasePermission.LIST: case_people,
    CasePermission.VIEW: on_team,
    CasePermission.REGISTER: worker,
    CasePermission.BRING_IN: worker | is_machine,
    CasePermission.TAKE_OUT: is_machine,
    CasePermission.EDIT: works_on,
    CasePermission.READ_IDENTITY: on_team,
    CasePermission.EDIT_IDENTITY: works_on,
    CasePermission.ERASE_IDENTITY: supervises,
    CasePermission.ERASE_AGAIN: is_machine,
    CasePermission.ASK_ERASURE: works_on,
    CasePermission.DECIDE_ERASURE: supervises & not_by("asked_by"),
    CasePermission.VIEW_NAME_EXPORTS: has_role(Role.ADMINISTRATOR, Role.SUPERVISOR),
    CasePermission.ASK_NAME_EXPORT: has_role(Role.ADMINISTRATOR) & as_oneself,
    CasePermission.DECIDE_NAME_EXPORT: supervisor & as_oneself & not_by("asked_by"),
    CasePermission.USE_NAME_EXPORT: is_machine,
    CasePermission.RECORD_CONSENT: works_on,
    CasePermission.WITHDRAW_CONSENT: on_team,
    CasePermission.WRITE_NOTE: on_team,
    CasePermission.MANAGE_TEAM: supervises,
    CasePermission.HAND_OVER: supervises,
    CasePermission.OFFER: supervisor,
    CasePermission.VIEW_OFFER: signed_in & (_receives | _offered | _gives),
    CasePermission.ANSWER_OFFER: worker & as_oneself & _receives,
    CasePermission.TAKE_BACK_OFFER: supervisor & _offered,
    CasePermission.CLOSE: works_on,
}
