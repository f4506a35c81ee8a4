"""What plans show and ask of money, by the slots that `plans.queries.from_above` names."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _

from reintegration.cases.models import CaseFile
from reintegration.kernel import clock
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import session
from reintegration.kernel.money import Money
from reintegration.plans.models import PlanLine
from reintegration.plans.queries.from_above import BudgetChoice, LineMoney
from reintegration.web import slots
from reintegration.web.filters import money
from vouchers.queries import funds, plan_money
from vouchers.queries.plan_money import OpenVoucher
from vouchers.states import VoucherState

_NOT_ISSUED = frozenset({VoucherState.DRAFT, VoucherState.APPROVED})


def register() -> None:
    """Put the answers into their slots."""
    slots.add("plan.budget_lines", budget_lines)
    slots.add("plan.money", money_of_lines)
    slots.add("plan_line.exposure", exposure_of_line)
    slots.add("plan_line.committed", promised_on)
    slots.add("case.exposure", exposure_of_case)


def budget_lines(*, actor: Actor, currency: str) -> list[BudgetChoice]:
    """Return the open lines of funds that run now, in one currency."""
    if actor.is_provider:
        return []
    today = clock.local_day(clock.now())
    return [
        BudgetChoice(line.id, f"{line.fund.code} · {line.name}", line.available)
        for line in funds.open_budget_lines(session(), currency=currency, on=today)
    ]


def money_of_lines(*, case_id: UUID) -> list[LineMoney]:
    """Return what was paid, delivered and committed on each line of a case."""
    return plan_money.money_of_case(session(), case_id)


def promised_on(*, line: PlanLine) -> list[Money]:
    """Return what vouchers of a line hold and what was delivered on them."""
    return [
        promised
        for promised in plan_money.promised_on(session(), line.id)
        if promised.currency == line.currency
    ]


def exposure_of_line(*, line: PlanLine) -> list[str]:
    """Say what is open on a line."""
    return _sentences(plan_money.open_vouchers(session(), plan_line_id=line.id))


def exposure_of_case(*, case: CaseFile) -> list[str]:
    """Say what is open in a case."""
    return _sentences(plan_money.open_vouchers(session(), case_id=case.id))


def _sentences(found: Sequence[OpenVoucher]) -> list[str]:
    return [_sentence(voucher) for voucher in found]


def _sentence(voucher: OpenVoucher) -> str:
    reference, left = voucher.reference, money(voucher.left)
    if voucher.state in _NOT_ISSUED:
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
