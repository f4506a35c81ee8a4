"""Redemption: one delivery, exactly once. This is the one transaction that everything stands on.

The conditional update of the voucher is the lock and the check; no row that other vouchers share
is touched. The same idempotency key with the same request gets the bytes of the first answer.

A delivery without its PIN is *unconfirmed*: its units are counted as pending on the voucher, so
they can not be given twice, and stay encumbered; nothing is posted until a case person confirms.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reintegration.codelists.proof_kinds import Proof, ProofKind
from reintegration.kernel import audit, permissions, tries
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.dated_rules import stood
from reintegration.kernel.db import keyring
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id, new_reference
from reintegration.kernel.money import Money
from reintegration.kernel.signing import signed
from reintegration.kernel.statements import ConstantStatement
from reintegration.plans.services.deliveries import record_service_delivered
from vouchers.books.services import budget
from vouchers.books.services.journal import Dimensions, Posting, Source, post
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType
from vouchers.voucher.models import Redemption
from vouchers.voucher.permissions import RedemptionPermission
from vouchers.voucher.services import pins, suspension
from vouchers.voucher.services.drawdown import Taken, Wanted, take
from vouchers.voucher.services.pricing import cost, saved
from vouchers.voucher.services.receipt import Receipt
from vouchers.voucher.services.redeemability import (
    asked,
    refuse_before_its_time,
    refuse_day,
    refuse_unusable,
    unknown_voucher,
)
from vouchers.voucher.services.validity import RECORDED_WITHIN
from vouchers.voucher.services.voucher_by_code import Answered, Found, find
from vouchers.voucher.services.voucher_moves import VOUCHER
from vouchers.voucher.states import OPEN_STATES, RedemptionState, VoucherState


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a provider says was delivered.

    The voucher is named by its `code` (QR secret or typed) or, after a look-up, by its id.
    `amount` is a decimal string in the voucher's currency. `without_pin` says why there is none.
    """

    key: str
    code: str | None = None
    voucher_id: UUID | None = None
    units: int | None = None
    amount: str | None = None
    delivered_on: date | None = None
    pin: str | None = None
    without_pin: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer; `replayed` when the same request was answered before."""

    redemption_id: UUID
    response: bytes
    replayed: bool = False


class SameKeyInFlight(Exception):
    """Another request with this key was recorded meanwhile: roll back and ask again."""


def redeem(session: Session, *, actor: Actor, delivery: Delivery, now: datetime) -> Outcome:
    """Record a delivery and post it; raise a domain error that names what is wrong.

    NotFound for an unknown or foreign voucher; Conflict when it can not be used or the key was
    used for something else; Invalid for quantities and days; WrongPin; TooManyTries.
    """
    permissions.demand(actor, RedemptionPermission.RECORD)
    pins.refuse_when_too_fast(session, actor, now=now)
    requested = _hash_of(session, delivery)
    found, answered = find(
        session, actor=actor, code=delivery.code, voucher_id=delivery.voucher_id, key=delivery.key
    )
    if answered is not None:
        return _replay(answered, requested)
    if found is None:
        pins.count_unknown_code(session, actor, now=now)
        raise unknown_voucher()
    wanted = _check(found, delivery, today=local_day(now))
    if delivery.pin:
        pins.check(session, found, delivery.pin, actor=actor, now=now)
    taken = take(session, found, wanted, actor=actor, today=local_day(now))
    if taken is None:
        return _too_late(session, found, delivery, requested, actor=actor, now=now)
    return _record(session, found, delivery, wanted, taken, requested, actor=actor, now=now)


def redeem_once(session: Session, *, actor: Actor, delivery: Delivery, now: datetime) -> Outcome:
    """Redeem as the edges do: a key that another request is using meanwhile is asked again.

    The transaction of a redeeming request holds nothing else, so it may be rolled back here.
    """
    try:
        return redeem(session, actor=actor, delivery=delivery, now=now)
    except SameKeyInFlight:
        session.rollback()
        return redeem(session, actor=actor, delivery=delivery, now=now)


def _hash_of(session: Session, delivery: Delivery) -> bytes:
    """Return a keyed hash of the request: it holds a PIN, which a plain hash would give away."""
    content = [
        delivery.code,
        str(delivery.voucher_id or ""),
        delivery.units,
        delivery.amount,
        str(delivery.delivered_on or ""),
        delivery.pin,
        delivery.without_pin,
    ]
    return keyring(session).voucher_code("request|" + json.dumps(content))


def _replay(answered: Answered, requested: bytes) -> Outcome:
    if answered.request_hash != requested:
        raise Conflict(
            N_("This request key was already used for another request."),
            code="idempotency_mismatch",
        )
    return Outcome(answered.redemption_id, answered.response, replayed=True)


def _check(found: Found, delivery: Delivery, *, today: date) -> Wanted:
    refuse_unusable(found, today=today)
    units, money = asked(found, delivery.units, delivery.amount)
    price = cost(found, units, money)
    on = delivery.delivered_on or today
    refuse_day(found, on, today=today)
    refuse_before_its_time(found, units, on, today=today)
    proof = ProofKind.stored(found.proof)
    if delivery.pin:
        kind = proof if proof.method is Proof.PIN else ProofKind.PIN
        return Wanted(units, money, price, on, kind, RedemptionState.ACCEPTED, "")
    reason = _clean(delivery.without_pin)
    if proof.method is Proof.PIN and not reason:
        raise Invalid(
            N_("Enter the PIN, or say why the person cannot use it."),
            code="pin_missing",
            field="pin",
        )
    otherwise = ProofKind.CASE_MANAGER if proof.method is Proof.PIN else proof
    return Wanted(units, money, price, on, otherwise, RedemptionState.UNCONFIRMED, reason)


def _clean(text: str | None) -> str:
    """Return a reason as one line of readable text."""
    return " ".join("".join(c for c in text or "" if c.isprintable() or c.isspace()).split())[:500]


def _too_late(
    session: Session,
    found: Found,
    delivery: Delivery,
    requested: bytes,
    *,
    actor: Actor,
    now: datetime,
) -> Outcome:
    """Somebody was faster: answer a replay of the same key, else say what is wrong now."""
    if delivery.pin:
        pins.forgive(session, found)
    fresh, answered = find(session, actor=actor, voucher_id=found.id, key=delivery.key)
    if answered is not None:
        return _replay(answered, requested)
    if fresh is not None:
        _check(fresh, delivery, today=local_day(now))
    raise Conflict(N_("This voucher was changed at the same moment. Try again."), code="changed")


def _record(
    session: Session,
    found: Found,
    delivery: Delivery,
    wanted: Wanted,
    taken: Taken,
    requested: bytes,
    *,
    actor: Actor,
    now: datetime,
) -> Outcome:
    money = wanted.cost
    redemption_id, receipt = new_id(), new_reference("R", 10)
    response = _response(found, wanted, taken, money, redemption_id, receipt)
    inserted = _INSERT.run(
        session,
        {
            "id": redemption_id,
            "receipt": receipt,
            "voucher_id": found.id,
            "case_id": found.case_id,
            "provider_id": actor.organisation_id,
            "units": wanted.units,
            "amount_minor": money.minor,
            "currency": found.currency,
            "delivered_on": wanted.on,
            "proof": wanted.proof,
            "state": wanted.state,
            "state_reason": wanted.reason,
            "idempotency_key": delivery.key,
            "request_hash": requested,
            "response": response,
            **signed("recorded_by", actor),
            "token_id": actor.token_id,
            "recorded_at": now,
            "claimed": False,
        },
    ).scalar()
    if inserted is None:
        if delivery.pin:
            pins.forgive(session, found)
        raise SameKeyInFlight
    _release_cheaper(session, found, actor=actor, now=now)
    if wanted.confirmed:
        _settle(session, found, wanted, taken, redemption_id, money, actor=actor, now=now)
    else:
        audit.record(
            session,
            "redemption:record_unconfirmed",
            audit.Subject("redemption", redemption_id, found.case_id),
            actor=actor,
            now=now,
            reason=wanted.reason or None,
        )
    _hold_when_lapsed(session, found, taken, now=now)
    if delivery.pin:
        tries.forget(session, pins.voucher_key(found))
    return Outcome(redemption_id, response)


def _settle(
    session: Session,
    found: Found,
    wanted: Wanted,
    taken: Taken,
    redemption_id: UUID,
    money: Money,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    source = Source(SourceType.REDEMPTION, redemption_id)
    about = Dimensions(found.fund_id, found.budget_line_id, found.id, actor.organisation_id)
    posting = Posting(PostingEvent.REDEEMED, money, f"redeem|{redemption_id}", source, about)
    post(session, posting, actor=actor, now=now)
    untouched = taken.amount_left + money == taken.amount
    VOUCHER.note(
        session,
        found.id,
        "redeem_all" if taken.state is VoucherState.REDEEMED else "redeem_part",
        VoucherState.ISSUED if untouched else VoucherState.PARTLY_REDEEMED,
        actor=actor,
        now=now,
        data={
            "redemption": str(redemption_id),
            "units": wanted.units,
            "minor": money.minor,
            **(stood(wanted.on, RECORDED_WITHIN) if wanted.on < local_day(now) else {}),
        },
        case_id=found.case_id,
    )
    record_service_delivered(
        session, found.plan_line_id, units=wanted.units, amount=money, on=wanted.on
    )


def _release_cheaper(session: Session, found: Found, *, actor: Actor, now: datetime) -> None:
    """Give back what an open voucher's provider costs less than its ceiling; once, when bound."""
    money = saved(found)
    if not money:
        return
    source = Source(SourceType.VOUCHER, found.id)
    about = Dimensions(found.fund_id, found.budget_line_id, found.id, actor.organisation_id)
    posting = Posting(PostingEvent.REMAINDER_RELEASED, money, f"bind|{found.id}", source, about)
    post(session, posting, actor=actor, now=now)
    budget.give_back(session, found.budget_line_id, money)


def _hold_when_lapsed(session: Session, found: Found, taken: Taken, *, now: datetime) -> None:
    """Stop the rest of an open voucher that a past day bound to an approval which has ended."""
    last = found.approved_through
    bound_late = found.provider_id is None and not found.offering_is_approved
    if bound_late and last is not None and taken.state in OPEN_STATES:
        suspension.hold_bound_late(session, found.id, last, now=now)


def _response(
    found: Found, wanted: Wanted, taken: Taken, money: Money, redemption_id: UUID, receipt: str
) -> bytes:
    """Return the bytes that answer this request now and each time it is repeated."""
    return (
        Receipt(
            id=str(redemption_id),
            receipt=receipt,
            state="accepted" if wanted.confirmed else "unconfirmed",
            voucher=found.reference,
            service=found.category,
            unit=found.unit,
            units=wanted.units,
            amount=str(money.decimal),
            currency=money.currency,
            delivered_on=wanted.on,
            units_left=taken.units_left,
            amount_left=str(taken.amount_left.decimal),
            valid_until=found.valid_until,
        )
        .model_dump_json()
        .encode()
    )


_COLUMNS = (
    "id",
    "receipt",
    "voucher_id",
    "case_id",
    "provider_id",
    "units",
    "amount_minor",
    "currency",
    "delivered_on",
    "proof",
    "state",
    "state_reason",
    "idempotency_key",
    "request_hash",
    "response",
    "recorded_by",
    "recorded_for",
    "token_id",
    "recorded_at",
    "claimed",
)
_redemptions = cast("Table", Redemption.__table__)
_INSERT = ConstantStatement(
    insert(_redemptions)
    .values({name: bindparam(name) for name in _COLUMNS})
    .on_conflict_do_nothing(index_elements=["provider_id", "idempotency_key"])
    .returning(_redemptions.c.id)
)
