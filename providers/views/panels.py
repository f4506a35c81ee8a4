"""What providers add to pages of the floor below, and to everyone's day."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from providers.models import Referral
from providers.permissions import PayeePermission, ReferralPermission, VettingPermission
from providers.queries import payees as payee_reading
from providers.queries import referrals as reading
from providers.queries import vetting as vetting_reading
from providers.states import OPEN_REFERRALS, REFERRAL_LABELS, REFERRAL_TONES, ReferralState
from reintegration.accounts.views.today import TodayItem
from reintegration.cases.models import CaseFile
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session as current_session
from reintegration.plans.models import PlanLine
from reintegration.plans.queries.from_above import LineAction
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
    return [
        action
        for line in lines
        if line.removed_at is None
        for action in _actions_of(line, latest.get(line.id), may_send)
    ]


def _actions_of(line: PlanLine, referral: Referral | None, may_send: bool) -> list[LineAction]:
    found: list[LineAction] = []
    if referral is not None:
        state = ReferralState(referral.state)
        is_draft = state is ReferralState.DRAFT
        found.append(
            LineAction(
                line.id,
                label=_("Send the referral") if is_draft and may_send else _("Referral"),
                url=url_for(
                    "referrals.preview" if is_draft and may_send else "referrals.show",
                    referral_id=referral.id,
                ),
                status=_(REFERRAL_LABELS[state]),
                tone=REFERRAL_TONES[state],
                primary=is_draft and may_send,
            )
        )
    if (
        may_send
        and line.is_approved
        and (referral is None or referral.state not in OPEN_REFERRALS | {ReferralState.COMPLETED})
    ):
        found.append(
            LineAction(
                line.id,
                label=_("Find a provider"),
                url=url_for("matching.show", plan_line_id=line.id),
                primary=True,
            )
        )
    return found


def line_exposure(line: PlanLine) -> list[str]:
    """Return why a line cannot be taken out: a provider was asked, or holds a place."""
    open_ones = [
        one
        for one in reading.for_lines(current_session(), [line.id])
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


def case_exposure(case: CaseFile) -> list[str]:
    """Return what is open with providers, so that a case is not closed over it."""
    count = reading.open_count(current_session(), case.id)
    if not count:
        return []
    return [ngettext("%(num)s referral is open.", "%(num)s referrals are open.", count)]


def today_items(session: Session, actor: Actor, today: date) -> list[TodayItem]:
    """Return what waits for this person with providers."""
    del today
    found: list[TodayItem] = []
    if permissions.permits(actor, ReferralPermission.LIST_REQUESTS):
        found += _requests(session, actor)
    if permissions.permits(actor, ReferralPermission.LIST):
        found += _answers(session, actor)
    if permissions.permits(actor, VettingPermission.LIST):
        found += _vetting(session)
    if permissions.permits(actor, PayeePermission.LIST):
        found += _payees(session, actor)
    return found


def _requests(session: Session, actor: Actor) -> list[TodayItem]:
    count = reading.waiting_count(session, actor)
    if not count:
        return []
    sentence = ngettext(
        "%(num)s request waits for your answer", "%(num)s requests wait for your answer", count
    )
    return [TodayItem("gold", _("Waiting"), sentence, url_for("requests.index"), 20)]


def _answers(session: Session, actor: Actor) -> list[TodayItem]:
    rejected = reading.recent_rejections(session, actor)
    codes = reading.case_codes(session, [one.case_id for one in rejected])
    return [
        TodayItem(
            "clay",
            _("Declined"),
            _("%(case)s: look for another provider", case=codes.get(one.case_id, "")),
            url_for("referrals.show", referral_id=one.id),
            15,
        )
        for one in rejected
    ]


def _vetting(session: Session) -> list[TodayItem]:
    count = vetting_reading.waiting_count(session)
    if not count:
        return []
    sentence = ngettext(
        "%(num)s service waits for a check or an approval",
        "%(num)s services wait for a check or an approval",
        count,
    )
    return [TodayItem("gold", _("Vetting"), sentence, url_for("vetting.queue"), 20)]


def _payees(session: Session, actor: Actor) -> list[TodayItem]:
    count = payee_reading.waiting_count(session, actor)
    if not count:
        return []
    sentence = ngettext(
        "%(num)s account waits for approval", "%(num)s accounts wait for approval", count
    )
    return [TodayItem("gold", _("Accounts"), sentence, url_for("payees.index"), 20)]


def count_vetting() -> int:
    """Return the figure beside “Vetting” in the navigation."""
    return vetting_reading.waiting_count(current_session())


def count_requests() -> int:
    """Return the figure beside “Requests” in the navigation."""
    return reading.waiting_count(current_session(), current_actor())
