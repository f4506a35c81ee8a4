"""What a plan has paid, owes, promised and has free, by currency."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from reintegration.kernel.money import Money
from reintegration.plans.models import PlanLine
from reintegration.plans.queries.provision import LineMoney


@dataclass(frozen=True, slots=True)
class Budget:
    """The four sums of one currency. `free` is what was approved and is not used in any way."""

    currency: str
    paid: Money
    delivered: Money
    committed: Money
    free: Money
    waiting: Money
    """Planned and not approved yet."""


def budgets(lines: Iterable[PlanLine], money: Mapping[UUID, LineMoney]) -> list[Budget]:
    """Return the sums by currency. A line that was taken out has nothing free any more."""
    sums: dict[str, Budget] = {}
    for line in lines:
        zero = Money.zero(line.currency)
        used = money.get(line.id) or LineMoney(line.id, zero, zero, zero)
        gone = line.removed_at is not None
        free = line.approved_ceiling - used.paid - used.delivered - used.committed
        before = sums.get(line.currency) or Budget(line.currency, zero, zero, zero, zero, zero)
        sums[line.currency] = Budget(
            currency=line.currency,
            paid=before.paid + used.paid,
            delivered=before.delivered + used.delivered,
            committed=before.committed + used.committed,
            free=before.free + (zero if gone else free),
            waiting=before.waiting + _not_approved(line),
        )
    return [sums[currency] for currency in sorted(sums)]


def _not_approved(line: PlanLine) -> Money:
    more = line.ceiling - line.approved_ceiling
    return more if line.removed_at is None and more.minor > 0 else Money.zero(line.currency)
