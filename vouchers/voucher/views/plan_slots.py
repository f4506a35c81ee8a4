"""What vouchers add to the pages of plans and cases."""

from collections.abc import Sequence
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from providers.referrals.models import Referral
from reintegration.cases.models import CaseFile
from reintegration.codelists.units import Unit
from reintegration.kernel import clock, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session
from reintegration.kernel.money import total
from reintegration.plans.models import EmergencyStart, PlanLine
from reintegration.plans.queries.provision import LineAction
from reintegration.plans.states import LineOrigin
from reintegration.web import slots
from reintegration.web.current import current_actor
from reintegration.web.filters import money
from vouchers.voucher.models import Voucher
from vouchers.voucher.permissions import VoucherPermission
from vouchers.voucher.queries import exposure
from vouchers.voucher.queries import redemptions as redemption_reading
from vouchers.voucher.queries import vouchers as reading
from vouchers.voucher.queries.exposure import OpenVoucher
from vouchers.voucher.services import entitlement
from vouchers.voucher.states import NOT_ISSUED, OPEN_STATES, VoucherState
from vouchers.voucher.views import voucher_text

_AHEAD = OPEN_STATES | NOT_ISSUED


def line_actions(case: CaseFile, lines: Sequence[PlanLine], actor: Actor) -> list[LineAction]:
    """Return where the vouchers of each line stand, or the way to issue one."""
    if not permissions.permits(actor, VoucherPermission.VIEW, case):
        return []
    may_draft = permissions.permits(actor, VoucherPermission.DRAFT, case)
    by_line: dict[UUID, list[Voucher]] = {}
    for voucher in reading.of_lines(session(), [line.id for line in lines]):
        by_line.setdefault(voucher.plan_line_id, []).append(voucher)
    ready = (
        reading.lines_with_acceptance(session(), [line.id for line in lines])
        if may_draft
        else frozenset()
    )
    found: list[LineAction] = []
    for line in lines:
        mine = by_line.get(line.id, [])
        found += [_standing(line, voucher) for voucher in mine if voucher.state in _AHEAD][:3]
        if may_draft and _may_issue(line, mine, line.id in ready):
            found.append(
                LineAction(
                    line.id,
                    label=_("Issue a voucher"),
                    url=url_for("vouchers.new", line_id=line.id),
                    primary=line.id in ready,
                )
            )
    return found


def _standing(line: PlanLine, voucher: Voucher) -> LineAction:
    standing = voucher_text.standing(voucher)
    return LineAction(
        line.id,
        label=_("Voucher %(reference)s", reference=voucher.reference),
        url=url_for("vouchers.show", voucher_id=voucher.id),
        status=_("voucher: %(state)s", state=_(standing.label)),
        tone=standing.tone,
    )


def _may_issue(line: PlanLine, vouchers: Sequence[Voucher], has_acceptance: bool) -> bool:
    """Whether something is left that a voucher could be issued for."""
    if line.removed_at is not None or not line.is_approved:
        return False
    units, ceiling = entitlement.ceiling_of(line)
    promised = total((one.amount_left for one in vouchers), line.currency)
    delivered = line.delivery.amount_minor if line.delivery else 0
    is_free = (ceiling - promised).minor > delivered
    if line.unit != Unit.AMOUNT:  # a lower price leaves money over, but no unit to give it for
        given = line.delivery.units if line.delivery else 0
        is_free = is_free and units > given + sum(one.units_left for one in vouchers)
    return is_free and (has_acceptance or not vouchers)


def _unconfirmed(session: Session, case: CaseFile) -> list[str]:
    count = redemption_reading.unconfirmed_on_case(session, case.id)
    if not count:
        return []
    return [
        ngettext(
            "%(num)s delivery waits for confirmation.",
            "%(num)s deliveries wait for confirmation.",
            count,
        )
    ]


def emergency_actions(case: CaseFile, line: PlanLine, started: EmergencyStart) -> str:
    """Return the next tap for one thing that was promised at night."""
    if not permissions.permits(current_actor(), VoucherPermission.VIEW, case):
        return ""
    vouchers = [
        one for one in reading.of_lines(session(), [line.id]) if one.state != VoucherState.CANCELLED
    ]
    may_issue = (
        permissions.permits(current_actor(), VoucherPermission.DRAFT, case)
        and started.holds(clock.now())
        and line.origin == LineOrigin.EMERGENCY
        and entitlement.room_on(session(), line).money.minor > 0
    )
    return slots.part(
        "vouchers/voucher/_emergency.html",
        line=line,
        vouchers=vouchers,
        may_issue=may_issue,
        words=voucher_text,
    )


def of_referral(referral: Referral) -> str:
    """Return the vouchers that stand on a referral, for its page."""
    if not permissions.permits(current_actor(), VoucherPermission.VIEW, referral):
        return ""
    return _stand_on(referral, "vouchers/voucher/_of_referral.html")


def of_request(referral: Referral) -> str:
    """Return the same for the provider, which opens no voucher but at its desk."""
    return _stand_on(referral, "vouchers/voucher/_of_request.html")


def _stand_on(referral: Referral, template: str) -> str:
    vouchers = reading.of_referral(session(), referral)
    return slots.part(template, vouchers=vouchers, words=voucher_text) if vouchers else ""


def open_on_line(session: Session, line: PlanLine) -> list[str]:
    """Say what is open on a line."""
    return _sentences(exposure.open_vouchers(session, plan_line_id=line.id))


def open_in_case(session: Session, case: CaseFile) -> list[str]:
    """Say what is open in a case: vouchers, and deliveries that nobody confirmed."""
    open_ones = _sentences(exposure.open_vouchers(session, case_id=case.id))
    return [*open_ones, *_unconfirmed(session, case)]


def _sentences(found: Sequence[OpenVoucher]) -> list[str]:
    return [_sentence(voucher) for voucher in found]


def _sentence(voucher: OpenVoucher) -> str:
    reference, left = voucher.reference, money(voucher.left)
    if voucher.state in NOT_ISSUED:
        said = _(
            "Voucher %(reference)s is prepared for %(left)s and not issued yet.",
            reference=reference,
            left=left,
        )
    elif voucher.waiting and voucher.waiting == voucher.left:
        said = _(
            "A delivery on voucher %(reference)s waits for confirmation: %(left)s.",
            reference=reference,
            left=left,
        )
    else:
        said = _(
            "Voucher %(reference)s is open: %(left)s is left on it.", reference=reference, left=left
        )
    return str(said)
