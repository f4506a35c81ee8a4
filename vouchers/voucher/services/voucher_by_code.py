"""Finding a voucher: one statement that also looks for an earlier answer under the same key."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, case, func, literal, or_, select
from sqlalchemy.orm import Session

from providers.directory.models import Offering
from providers.directory.states import OfferingState
from reintegration.kernel.actor import Actor
from reintegration.kernel.db import keyring
from reintegration.kernel.ids import normalise_typed_code
from reintegration.kernel.money_columns import MoneyColumns
from reintegration.kernel.statements import ConstantStatement
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.states import LONGEST_CODE, VoucherKind


@dataclass(frozen=True, slots=True)
class Found:
    """What a redemption must know of a voucher; offering columns are None where there is none."""

    id: UUID
    reference: str
    case_id: UUID
    plan_line_id: UUID
    provider_id: UUID | None
    budget_line_id: UUID
    fund_id: UUID
    kind: str
    category: str
    unit: str
    proof: str
    units: int
    units_free: int
    unit_price_minor: int
    amount_free_minor: int
    currency: str
    valid_from: date
    valid_until: date
    state: str
    live_holds: int
    held_through: date | None
    pin_salt: bytes | None
    pin_verifier: bytes | None
    offering_id: UUID | None
    offering_state: str | None
    offering_until: date | None
    offering_lapsed_on: date | None
    offering_price_minor: int | None

    unit_price = MoneyColumns()
    amount_free = MoneyColumns()
    offering_price = MoneyColumns()

    @property
    def offering_is_approved(self) -> bool:
        """Whether the provider's offering is approved; `approved_through` may be past."""
        return self.offering_state == OfferingState.APPROVED

    @property
    def approved_through(self) -> date | None:
        """Return the last day of the offering's approval, which may have lapsed; None: no end."""
        return self.offering_until if self.offering_is_approved else self.offering_lapsed_on

    @property
    def through(self) -> date:
        """Return the last day of which a delivery may be recorded.

        A hold that came with the end of an approval says which day that was; otherwise the offering
        does, until the end is swept.
        """
        approved = self.held_through if self.live_holds else self.approved_through
        return min(self.valid_until, approved or self.valid_until)


@dataclass(frozen=True, slots=True)
class Answered:
    """An earlier answer under the same idempotency key."""

    redemption_id: UUID
    request_hash: bytes
    response: bytes


def find(
    session: Session,
    *,
    actor: Actor,
    code: str | None = None,
    voucher_id: UUID | None = None,
    key: str = "",
) -> tuple[Found | None, Answered | None]:
    """Return the voucher that this provider may redeem, and what `key` was answered before.

    Another provider's voucher is not found, as if there were none.
    """
    statement, wanted = _BY_ID, dict[str, Any](id=voucher_id)
    if voucher_id is None:
        statement, wanted = _by_code(session, code or "")
    row = statement.run(
        session, {**wanted, "organisation": actor.organisation_id, "key": key}
    ).one()
    voucher = Found(*row[:-3]) if row[0] is not None else None
    answered = Answered(*row[-3:]) if row[-3] is not None else None
    return voucher, answered


def code_hash(session: Session, code: str) -> tuple[bytes, bool]:
    """Return the keyed hash of what was typed or scanned, and whether it is a typed code."""
    typed = normalise_typed_code(code[:LONGEST_CODE])
    return keyring(session).voucher_code(typed or code.strip()[:LONGEST_CODE]), typed is not None


def _by_code(session: Session, code: str) -> tuple[ConstantStatement, dict[str, Any]]:
    hashed, is_typed = code_hash(session, code)
    return (_BY_TYPED if is_typed else _BY_SECRET), {"hash": hashed}


_v, _o, _r = Voucher.__table__.c, Offering.__table__.c, Redemption.__table__.c
_organisation = bindparam("organisation", type_=_v.provider_id.type)
_other = Offering.__table__.alias("other").c


def _statement(condition: Any) -> ConstantStatement:
    one = select(literal(1).label("one")).subquery("one")
    is_approved = _other.state == OfferingState.APPROVED
    # An open voucher is redeemed at the provider's own cheapest approved offering; where none is,
    # at the one whose approval lapsed last: what was given by then is still recorded.
    own_offering = (
        select(_other.id)
        .where(
            _other.provider_id == _organisation,
            _other.category == _v.category,
            or_(is_approved, _other.lapsed_on.is_not(None)),
            _other.currency == _v.currency,
            or_(
                _v.kind == VoucherKind.VALUE,
                and_(_other.unit == _v.unit, _other.price_minor <= _v.unit_price_minor),
            ),
        )
        .order_by(
            is_approved.desc(),
            case((is_approved, None), else_=_other.lapsed_on).desc(),
            _other.price_minor,
            _other.id,
        )
        .limit(1)
        .correlate(Voucher.__table__)
        .scalar_subquery()
    )
    source = (
        one.outerjoin(
            Voucher.__table__,
            and_(condition, or_(_v.provider_id.is_(None), _v.provider_id == _organisation)),
        )
        .outerjoin(
            Offering.__table__,
            _o.id == case((_v.provider_id.is_(None), own_offering), else_=_v.offering_id),
        )
        .outerjoin(
            Redemption.__table__,
            and_(_r.provider_id == _organisation, _r.idempotency_key == bindparam("key")),
        )
    )
    columns = select(
        _v.id,
        _v.reference,
        _v.case_id,
        _v.plan_line_id,
        _v.provider_id,
        _v.budget_line_id,
        _v.fund_id,
        _v.kind,
        _v.category,
        _v.unit,
        _v.proof,
        _v.units,
        (_v.units_left - _v.units_pending).label("units_free"),
        _v.unit_price_minor,
        (_v.amount_left_minor - _v.amount_pending_minor).label("amount_free_minor"),
        _v.currency,
        _v.valid_from,
        _v.valid_until,
        _v.state,
        _v.live_holds,
        _v.held_through,
        _v.pin_salt,
        _v.pin_verifier,
        func.coalesce(_o.id, _v.offering_id).label("offering"),
        _o.state.label("offering_state"),
        _o.approved_until,
        _o.lapsed_on,
        _o.price_minor,
        _r.id.label("answered_id"),
        _r.request_hash,
        _r.response,
    )
    return ConstantStatement(columns.select_from(source))


_BY_TYPED = _statement(_v.code_hash == bindparam("hash"))
_BY_SECRET = _statement(_v.secret_hash == bindparam("hash"))
_BY_ID = _statement(_v.id == bindparam("id", type_=_v.id.type))
