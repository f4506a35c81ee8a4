"""What referrals add to the pages of plans and cases."""

from collections.abc import Sequence
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from providers.referrals.models import Referral
from providers.referrals.permissions import ReferralPermission
from providers.referrals.queries import referrals as reading
from providers.referrals.queries import stranded
from providers.referrals.states import OPEN_REFERRALS, ReferralState
from reintegration.cases.models import CaseFile
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session as current_session
from reintegration.plans.models import Milestone, PlanLine
from reintegration.plans.queries.provision import LineAction
from reintegration.web.current import current_actor


def line_actions(case: CaseFile, lines: Sequence[PlanLine], actor: Actor) -> list[LineAction]:
    """Return where the referral of each line stands, or the way to a provider."""
    if not permissions.permits(actor, ReferralPermission.VIEW, case):
        return []
    may_send = permissions.permits(actor, ReferralPermission.SEND, case)
    latest: dict[UUID, Referral] = {}
    for referral in reading.for_lines(current_session(), [line.id for line in lines]):
        held = latest.get(referral.plan_line_id)
        if held is None or (held.state not in OPEN_REFERRALS and referral.state in OPEN_REFERRALS):
            latest[referral.plan_line_id] = referral
    lost = stranded.on_lines(current_session(), latest.keys()) if may_send else frozenset()
    return [
        action
        for line in lines
        if line.removed_at is None
        for action in _actions_of(line, latest.get(line.id), may_send, lost=line.id in lost)
    ]


def _actions_of(
    line: PlanLine, referral: Referral | None, may_send: bool, *, lost: bool
) -> list[LineAction]:
    found: list[LineAction] = []
    if referral is not None:
        state = referral.state
        is_draft = state is ReferralState.DRAFT
        found.append(
            LineAction(
                line.id,
                label=_("Send the referral") if is_draft and may_send else _("Referral"),
                url=url_for(
                    "referrals.preview" if is_draft and may_send else "referrals.show",
                    referral_id=referral.id,
                ),
                status=_(state.label),
                tone=state.tone,
                primary=is_draft and may_send and not lost,
            )
        )
    if may_send and line.is_approved and (referral is None or lost):
        found.append(
            LineAction(
                line.id,
                label=_("Find another provider") if lost else _("Find a provider"),
                url=url_for("matching.show", plan_line_id=line.id),
                primary=True,
                urgent=lost,
            )
        )
    elif may_send and not line.is_approved and referral is None:
        url = url_for("matching.show", plan_line_id=line.id)
        found.append(LineAction(line.id, label=_("Who would fit"), url=url))
    return found


def who_fits(milestone: Milestone, category: ServiceCategory, line: PlanLine | None) -> list[str]:
    """Return where one sees who fits a planned service, or one that is only thought of."""
    if not permissions.permits(current_actor(), ReferralPermission.MATCH, milestone):
        return []
    if line is not None:
        return [url_for("matching.show", plan_line_id=line.id)]
    return [url_for("matching.would_fit", milestone_id=milestone.id, category=category)]


def open_on_line(session: Session, line: PlanLine) -> list[str]:
    """Return why a line cannot be taken out: a provider was asked, or holds a place."""
    open_ones = [
        one
        for one in reading.for_lines(session, [line.id])
        if one.state in OPEN_REFERRALS and one.state != ReferralState.DRAFT
    ]
    if not open_ones:
        return []
    return [
        ngettext(
            "%(num)s referral is open: cancel it first.",
            "%(num)s referrals are open: cancel them first.",
            len(open_ones),
        )
    ]


def open_in_case(session: Session, case: CaseFile) -> list[str]:
    """Return what is open with providers, so that a case is not closed over it."""
    count = reading.open_count(session, case.id)
    if not count:
        return []
    return [ngettext("%(num)s referral is open.", "%(num)s referrals are open.", count)]
