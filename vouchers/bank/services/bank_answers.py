"""What the bank answers to a file of payments (pain.002): read, kept once, and what follows.

A rejection that names its order exactly fails it; any other waits for a person. That the bank took
an order is only told: its statement says that it is paid.
"""

import hashlib
import io
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock, lock_all
from reintegration.kernel.signing import sign
from reintegration.kernel.statements import insert_rows
from reintegration.kernel.tasks import Progress, untold
from vouchers.bank.models import BankAnswer, OrderAnswer
from vouchers.bank.permissions import BankPermission
from vouchers.bank.services import bank_files
from vouchers.bank.services.answer_moves import ORDER_ANSWER
from vouchers.bank.services.answer_plan import Plan, Planned, plan
from vouchers.bank.services.statement_import import MAX_BYTES, ONE_AT_A_TIME, READING
from vouchers.bank.states import AnswerDoubt, OrderAnswerState
from vouchers.formats.pain002 import PaymentAnswer, Said, read_pain002
from vouchers.payments.models import PaymentBatch, PaymentOrder
from vouchers.payments.services.settlement import fail_order, lock_orders
from vouchers.payments.states import BatchState, OrderState

SHOWN = 200
"""How many orders a look at an answer lists; all are counted."""


@dataclass(slots=True)
class AnswerReport:
    """What the reading of an answer did, or in a trial would do."""

    file: str
    trial: bool
    content_print: str
    message_id: str
    batch: str
    batch_id: str
    status: str
    reasons: list[dict[str, str]]
    imported_before: bool = False
    answer_id: str = ""
    noted: int = 0
    waiting: int = 0
    failed: int = 0
    orders: list[dict[str, Any]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return plain values, as a task keeps them."""
        return asdict(self)


def import_answer(
    session: Session,
    *,
    actor: Actor,
    name: str,
    content: bytes,
    now: datetime,
    dry_run: bool = False,
    seen: str | None = None,
    most: int = MAX_BYTES,
    progress: Progress = untold,
) -> AnswerReport:
    """Keep an answer and fail what it rejects for certain, or with `dry_run` only say what it does.

    `seen` is the print of what a person looked at. Raises StatementFileError for a file that cannot
    be read, Invalid for an answer to a file that is not ours, Conflict for one whose number was
    read before with other words. The same answer twice adds nothing and is said to be.
    """
    permissions.demand(actor, BankPermission.IMPORT)
    answer = read_pain002(
        io.BytesIO(content),
        max_bytes=most,
        reached=lambda done, whole: progress(done, whole, READING),
    )
    content_print = hashlib.sha256(repr(answer).encode()).hexdigest()
    if seen is not None and seen != content_print:
        raise Conflict(
            N_("The file is read otherwise than when it was looked at. Check it again."),
            code="read_otherwise",
        )
    session.execute(ONE_AT_A_TIME)
    batch = _batch(session, answer)
    report = AnswerReport(
        name,
        dry_run,
        content_print,
        answer.message_id,
        batch.reference,
        str(batch.id),
        answer.said.status,
        reasons_json(answer.said),
    )
    if not dry_run:
        file = bank_files.put(session, actor=actor, name=name, content=content, now=now)
        lock_orders(session, [order.id for order in batch.orders])
        session.refresh(batch, ["orders"])
        for order in batch.orders:
            session.refresh(order)
    known = _known(session, batch, answer, content_print)
    found = plan(answer, batch.message_id, batch.orders)
    _describe(report, found)
    if known is not None:
        report.imported_before, report.answer_id = True, str(known.id)
    elif not dry_run:
        kept = _keep(session, batch, file.id, answer, found, report, actor=actor, now=now)
        report.answer_id = str(kept.id)
    return report


def _batch(session: Session, answer: PaymentAnswer) -> PaymentBatch:
    batch = session.scalars(
        select(PaymentBatch)
        .where(
            PaymentBatch.message_id == answer.original_message_id,
            PaymentBatch.bank_account_id.is_not(None),
        )
        .options(selectinload(PaymentBatch.orders))
    ).one_or_none()
    if batch is None or batch.state not in (BatchState.RELEASED, BatchState.SETTLED):
        raise Invalid(
            N_("The answer is about a file with the number %(number)s, and none of ours left so."),
            code="unknown_message",
            number=answer.original_message_id,
        )
    return batch


def _known(
    session: Session, batch: PaymentBatch, answer: PaymentAnswer, content_print: str
) -> BankAnswer | None:
    known = session.scalars(
        select(BankAnswer).where(
            BankAnswer.batch_id == batch.id, BankAnswer.message_id == answer.message_id
        )
    ).one_or_none()
    if known is not None and known.content_print.hex() != content_print:
        raise Conflict(
            N_(
                "Answer %(number)s was read before, and this file says something else. Ask the"
                " bank."
            ),
            code="answer_differs",
            number=answer.message_id,
        )
    return known


def _describe(report: AnswerReport, found: Plan) -> None:
    states = [one.state for one in found.orders]
    report.noted = states.count(OrderAnswerState.NOTED)
    report.waiting = states.count(OrderAnswerState.WAITING)
    report.failed = states.count(OrderAnswerState.FAILED)
    report.unknown = list(found.unknown)
    weight = [OrderAnswerState.WAITING, OrderAnswerState.FAILED, OrderAnswerState.NOTED]
    first = sorted(found.orders, key=lambda one: weight.index(one.state))[:SHOWN]
    report.orders = [_as_read(one) for one in first]


def _as_read(one: Planned) -> dict[str, Any]:
    return {
        "reference": one.order.reference,
        "payee": one.order.payee_name,
        "amount_minor": one.order.amount_minor,
        "currency": one.order.currency,
        "status": one.said.status,
        "reasons": reasons_json(one.said),
        "state": str(one.state),
        "doubt": str(one.doubt or ""),
    }


def _keep(
    session: Session,
    batch: PaymentBatch,
    file_id: UUID,
    answer: PaymentAnswer,
    found: Plan,
    report: AnswerReport,
    *,
    actor: Actor,
    now: datetime,
) -> BankAnswer:
    kept = BankAnswer(
        id=new_id(),
        batch_id=batch.id,
        file_id=file_id,
        message_id=answer.message_id,
        said_at=answer.created,
        status=answer.said.status,
        reasons=reasons_json(answer.said),
        content_print=bytes.fromhex(report.content_print),
        unknown=list(found.unknown),
        imported_by=actor.id,
        imported_at=now,
    )
    session.add(kept)
    session.flush()
    columns = (
        *("id", "answer_id", "payment_order_id", "position", "status", "reasons"),
        *("state", "doubt"),
    )
    rows = (
        (
            new_id(),
            kept.id,
            one.order.id,
            position,
            one.said.status,
            reasons_json(one.said),
            one.state,
            one.doubt or "",
        )
        for position, one in enumerate(found.orders)
    )
    insert_rows(session, OrderAnswer, columns, rows)
    audit.record(
        session,
        "bank_answer:import",
        kept,
        actor=actor,
        now=now,
        data={
            "batch": batch.reference,
            "status": answer.said.status,
            "failed": report.failed,
            "waiting": report.waiting,
        },
    )
    for one in found.orders:
        if one.state is OrderAnswerState.FAILED:
            reason = reason_text(one.said.status, reasons_json(one.said))
            fail_order(session, one.order, actor=actor, reason=reason, now=now)
    return kept


def confirm(
    session: Session, answer: BankAnswer, *, actor: Actor, ids: list[UUID], now: datetime
) -> int:
    """Fail orders of an answer that waited for a person; return how many.

    Raises Conflict when one of them is decided already, or its order is not under way.
    """
    lock(session, answer)
    waiting = _waiting(session, answer, ids)
    lock_orders(session, [one.payment_order_id for one in waiting])
    for one in waiting:
        order = session.get_one(PaymentOrder, one.payment_order_id, populate_existing=True)
        if order.state != OrderState.RELEASED:
            raise Conflict(
                N_("Order %(reference)s is not under way any more: it cannot fail."),
                code="order",
                reference=order.reference,
            )
        ORDER_ANSWER.fire(session, one, "confirm", actor=actor, now=now)
        sign(one, "decided_by", actor)
        one.decided_at = now
        reason = reason_text(one.status, one.reasons)
        fail_order(session, order, actor=actor, reason=reason, now=now)
    session.flush()
    return len(waiting)


def discard(
    session: Session, one: OrderAnswer, *, actor: Actor, reason: str, now: datetime
) -> OrderAnswer:
    """Leave an order as it stands, whatever the bank answered; the reason is kept."""
    lock(session, one)
    ORDER_ANSWER.fire(session, one, "discard", actor=actor, now=now, reason=reason)
    sign(one, "decided_by", actor)
    one.decided_at = now
    session.flush()
    return one


def _waiting(session: Session, answer: BankAnswer, ids: list[UUID]) -> list[OrderAnswer]:
    asked = select(OrderAnswer).where(
        OrderAnswer.answer_id == answer.id, OrderAnswer.id.in_(set(ids))
    )
    found = list(lock_all(session, session.scalars(asked)))
    if not found or len(found) != len(set(ids)):
        raise Invalid(N_("Choose the orders that the bank refused."), code="orders")
    return found


def can_fail(one: OrderAnswer) -> bool:
    """Whether a person may confirm it: its order is still under way."""
    return one.state == OrderAnswerState.WAITING and one.doubt is not AnswerDoubt.NOT_UNDER_WAY


def reasons_json(said: Said) -> list[dict[str, str]]:
    """Return reasons as they are kept."""
    return [{"code": one.code, "text": one.text} for one in said.reasons]


def reason_text(status: str, reasons: list[dict[str, str]]) -> str:
    """Return why an order failed, as its bank said it: the codes first."""
    told = [" ".join(filter(None, (one["code"], one["text"]))) for one in reasons]
    return "; ".join(told) or status
