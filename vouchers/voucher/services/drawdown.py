"""The conditional update of the voucher: it is the lock and the check of a redemption."""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, bindparam, case, literal, or_
from sqlalchemy.orm import Session

from reintegration.codelists.proof_kinds import ProofKind
from reintegration.kernel.actor import Actor
from reintegration.kernel.money import Money
from reintegration.kernel.money_columns import MoneyColumns
from reintegration.kernel.statements import ConstantStatement
from vouchers.voucher.models import Voucher
from vouchers.voucher.services import elapsed
from vouchers.voucher.services.pricing import agreed_price
from vouchers.voucher.services.validity import begins_later, is_over
from vouchers.voucher.services.voucher_by_code import Found
from vouchers.voucher.services.voucher_moves import VOUCHER
from vouchers.voucher.states import RedemptionState, VoucherKind, VoucherState


@dataclass(frozen=True, slots=True)
class Wanted:
    """A checked request: how much, what it costs, when, and how it is proven.

    `asked` is what it may cost at most; `cost` is what the agreed price makes of it.
    """

    units: int
    asked: Money
    cost: Money
    on: date
    proof: ProofKind
    state: RedemptionState
    reason: str

    @property
    def confirmed(self) -> bool:
        """Whether it is proven and posts at once."""
        return self.state is RedemptionState.ACCEPTED


@dataclass(frozen=True, slots=True)
class Taken:
    """What the conditional update left."""

    units_left: int
    amount_left_minor: int
    amount_minor: int
    currency: str
    state: VoucherState

    amount_left = MoneyColumns()
    amount = MoneyColumns()


def take(
    session: Session, found: Found, wanted: Wanted, *, actor: Actor, today: date
) -> Taken | None:
    """Take the units, or mark them as pending; None when they are no longer there.

    Of two at once that together ask for more than is left, the second finds less and gets None.
    """
    spent = wanted if wanted.confirmed else None
    statement = _TAKE if found.provider_id is not None else _BIND
    row = statement.run(
        session,
        {
            "voucher": found.id,
            "on": wanted.on,
            "wanted_units": wanted.units,
            "time_allows": elapsed.passed(found.unit, found.valid_from, min(today, found.through)),
            "wanted_amount": wanted.asked.minor,
            "spent_units": spent.units if spent else 0,
            "spent": wanted.cost.minor if spent else 0,
            "held_units": 0 if spent else wanted.units,
            "held": 0 if spent else wanted.cost.minor,
            "seen_price": found.unit_price_minor,
            "price": agreed_price(found).minor,
            "organisation": actor.organisation_id,
            "offering": found.offering_id,
        },
    ).one_or_none()
    if row is None:
        return None
    state = VoucherState(row.state)
    return Taken(row.units_left, row.amount_left_minor, row.amount_minor, row.currency, state)


_table = cast("Table", Voucher.__table__)  # Core: the ORM would cost as much as the statement
_v = _table.c
_spent = bindparam("spent", type_=_v.amount_left_minor.type)
_spent_units = bindparam("spent_units", type_=_v.units_left.type)
_held = bindparam("held", type_=_v.amount_left_minor.type)
_held_units = bindparam("held_units", type_=_v.units_left.type)
_price_now = bindparam("price", type_=_v.unit_price_minor.type)
_is_value = _v.kind == VoucherKind.VALUE


def _taking(amount_left: Any, **more: Any) -> Any:
    """Return the conditional update; `amount_left` is the remainder that it leaves."""
    return (
        VOUCHER.moving_by(
            _table,
            (amount_left == 0, "redeem_all"),
            otherwise="redeem_part",
            stays=_held > literal(0),
        )
        .where(
            _v.id == bindparam("voucher"),
            or_(_v.live_holds == literal(0), _v.held_through >= bindparam("on")),
            ~begins_later(_v.valid_from, bindparam("on")),
            ~is_over(_v.valid_until, bindparam("on")),
            _v.unit_price_minor == bindparam("seen_price"),
            _v.units_left - _v.units_pending >= bindparam("wanted_units"),
            _v.units - _v.units_left + _v.units_pending + bindparam("wanted_units")
            <= bindparam("time_allows"),
            _v.amount_left_minor - _v.amount_pending_minor >= bindparam("wanted_amount"),
        )
        .values(
            units_left=_v.units_left - _spent_units,
            units_pending=_v.units_pending + _held_units,
            amount_left_minor=amount_left,
            amount_pending_minor=_v.amount_pending_minor + _held,
            print_sealed=case((amount_left == 0, None), else_=_v.print_sealed),
            **more,
        )
        .returning(
            (_v.units_left - _v.units_pending).label("units_left"),
            _v.amount_left_minor,
            _v.amount_minor,
            _v.currency,
            _v.state,
        )
    )


_TAKE = ConstantStatement(
    _taking(_v.amount_left_minor - _spent).where(
        _v.provider_id == bindparam("organisation", type_=_v.provider_id.type)
    )
)
_BIND = ConstantStatement(
    _taking(
        case(
            (_is_value, _v.amount_left_minor - _spent),
            else_=(_v.units_left - _spent_units) * _price_now,
        ),
        provider_id=bindparam("organisation", type_=_v.provider_id.type),
        offering_id=bindparam("offering", type_=_v.offering_id.type),
        unit_price_minor=_price_now,
        amount_minor=case((_is_value, _v.amount_minor), else_=_v.units * _price_now),
    ).where(_v.provider_id.is_(None))
)
