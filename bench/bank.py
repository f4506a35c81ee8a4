"""A camt.053 of 10,000 entries read, stored and matched, against lxml reading it alone.

The figure with the goal posts nothing: four of five entries find their order as a proposal that
waits for a person. The other one settles the orders as well, with ledger, audit and events.
"""

import io
import time

from lxml import etree
from sqlalchemy import update

from bench.report import Figure, interleaved
from bench.stage import Stage
from reintegration.kernel.ids import new_id, new_reference
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.payments import statement
from tests.vouchers.formats.writers import Line, Tx
from vouchers.bank.services.statement_import import import_file
from vouchers.payments.models import PaymentBatch, PaymentOrder
from vouchers.payments.states import BatchState, OrderState, Rail

ENTRIES, MATCHING, ROUNDS = 10_000, 8_000, 3
CONTROL = "lxml reading the file alone"


def figures(stage: Stage) -> list[Figure]:
    """Return both figures of the import; the first has the goal."""
    return [
        _figure(stage, "camt.053 of 10,000: read, stored, matched", posts=False, at_most=3),
        _figure(stage, "camt.053 of 10,000: matched, and 8,000 posted", posts=True),
    ]


def _figure(stage: Stage, name: str, *, posts: bool, at_most: float | None = None) -> Figure:
    file = b""

    def taken() -> float:
        nonlocal file
        file = _prepare(stage, posts=posts)
        return _import(stage, file, posts=posts)

    value, control = interleaved([taken, lambda: _read(file)], ROUNDS)
    return Figure(name, value, "s", CONTROL, control, at_most=at_most)


def _import(stage: Stage, content: bytes, *, posts: bool) -> float:
    began = time.perf_counter()
    report = import_file(
        stage.session,
        actor=actor(stage.session, stage.cast.petru),
        name="bench.xml",
        content=content,
        now=NOW,
    )
    stage.session.commit()
    taken = time.perf_counter() - began
    assert report.new == ENTRIES, report
    assert (report.matched if posts else report.suggested) == MATCHING, report
    return taken


def _read(content: bytes) -> float:
    """Read every element and its text, as any reader must, and let go of it."""
    began, letters = time.perf_counter(), 0
    for _event, element in etree.iterparse(io.BytesIO(content)):
        letters += len(element.text or "")
        element.clear()
    assert letters
    return time.perf_counter() - began


def _prepare(stage: Stage, *, posts: bool) -> bytes:
    """Release orders in one batch and write the statement whose lines find four of five of them."""
    cast = stage.cast
    # What an earlier round left open would fit as well, and make every line ambiguous.
    stage.session.execute(
        update(PaymentOrder)
        .where(PaymentOrder.state == OrderState.RELEASED.value)
        .values(state=OrderState.CANCELLED.value)
    )
    orders = [_order(stage, index) for index in range(MATCHING)]
    batch = PaymentBatch(
        id=new_id(),
        reference=new_reference("B"),
        message_id=new_reference("M", 12),
        bank_account_id=cast.bank_account.id,
        currency="MDL",
        rail=Rail.MDL_CSV.value,
        total_minor=sum(order.amount_minor for order in orders),
        execution_on=TODAY,
        state=BatchState.RELEASED.value,
        prepared_by=cast.petru.id,
        prepared_at=NOW,
        approved_by=cast.alina.id,
        approved_at=NOW,
        released_by=cast.radu.id,
        released_at=NOW,
        orders=orders,
    )
    stage.session.add(batch)
    stage.session.flush()
    name = new_reference("S")
    lines = [
        Line(
            -order.amount_minor,
            currency="MDL",
            day=TODAY,
            reference=f"{name}-F{index}",
            transactions=[_settles(order) if posts else _resembles(order, index)],
        )
        for index, order in enumerate(orders)
    ]
    lines += [
        Line(
            -(index + 1) * 7 - 10_000_000,
            currency="MDL",
            day=TODAY,
            reference=f"{name}-U{index}",
            transactions=[
                Tx(
                    minor=(index + 1) * 7 + 10_000_000,
                    currency="MDL",
                    name=f"Necunoscut {index}",
                    text="plata",
                )
            ],
        )
        for index in range(ENTRIES - MATCHING)
    ]
    stage.session.commit()
    return statement(cast, *lines, statement_id=name)


def _settles(order: PaymentOrder) -> Tx:
    return Tx(
        minor=order.amount_minor,
        currency="MDL",
        end_to_end=order.end_to_end_id,
        name=order.payee_name,
        iban=order.payee_iban,
        text=order.text,
    )


def _resembles(order: PaymentOrder, index: int) -> Tx:
    """Fit, but not so surely that it posts: by turns the bank's own reference, or only a name."""
    own = index % 2 == 0
    return Tx(
        minor=order.amount_minor,
        currency="MDL",
        text=order.text,
        name=order.payee_name,
        end_to_end=new_reference("BANK", 14) if own else None,
        iban=order.payee_iban if own else None,
    )


def _order(stage: Stage, index: int) -> PaymentOrder:
    provider = stage.cast.provider
    return PaymentOrder(
        id=new_id(),
        reference=new_reference("PO", 10),
        end_to_end_id=new_reference("E", 14),
        provider_id=provider.id,
        payee_name=provider.legal_name,
        payee_iban="MD24AG000000022512345699",
        amount_minor=10_000 + index * 13,
        currency="MDL",
        text="plata serviciilor",
        state=OrderState.RELEASED.value,
    )
