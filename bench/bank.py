"""A camt.053 of 10,000 entries read, stored, matched and posted, against lxml reading it alone."""

import io
import time
from datetime import timedelta

from lxml import etree

from bench.report import Figure, interleaved
from bench.stage import Stage
from reintegration.kernel.ids import new_id, new_reference
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.payments import statement
from tests.vouchers.bank.writers import Line, Tx
from vouchers.models import PaymentBatch, PaymentOrder
from vouchers.services.bank_import import import_file
from vouchers.states import BatchState, OrderState, Rail

ENTRIES, MATCHING, ROUNDS = 10_000, 8_000, 3


def figures(stage: Stage) -> list[Figure]:
    """Return the figure of the import: four of five entries settle an order."""
    files = [_prepare(stage, number) for number in range(ROUNDS)]
    fresh = iter(files)
    again = iter(files)
    taken, control = interleaved(
        [lambda: _import(stage, next(fresh)), lambda: _read(next(again))], ROUNDS
    )
    return [
        Figure("camt.053 of 10,000: read, stored, matched, posted", taken, "s",
               "lxml reading the file alone", control, at_most=3),
    ]  # fmt: skip


def _import(stage: Stage, content: bytes) -> float:
    began = time.perf_counter()
    report = import_file(
        stage.session, actor=actor(stage.session, stage.cast.petru), name="bench.xml",
        content=content, now=NOW,
    )  # fmt: skip
    stage.session.commit()
    taken = time.perf_counter() - began
    assert report.new == ENTRIES, report
    return taken


def _read(content: bytes) -> float:
    """Read every element and its text, as any reader must, and let go of it."""
    began, letters = time.perf_counter(), 0
    for _event, element in etree.iterparse(io.BytesIO(content)):
        letters += len(element.text or "")
        element.clear()
    assert letters
    return time.perf_counter() - began


def _prepare(stage: Stage, number: int) -> bytes:
    """Release orders in one batch and write the statement that settles four of five lines."""
    cast = stage.cast
    orders = [_order(stage, index) for index in range(MATCHING)]
    batch = PaymentBatch(
        id=new_id(), reference=new_reference("B"), message_id=new_reference("M", 12),
        bank_account_id=cast.bank_account.id, currency="MDL", rail=Rail.MDL_CSV.value,
        total_minor=sum(order.amount_minor for order in orders), execution_on=TODAY,
        state=BatchState.RELEASED.value, prepared_by=cast.petru.id, prepared_at=NOW,
        approved_by=cast.alina.id, approved_at=NOW, released_by=cast.radu.id, released_at=NOW,
        orders=orders,
    )  # fmt: skip
    stage.session.add(batch)
    stage.session.flush()
    lines = [
        Line(-order.amount_minor, currency="MDL", day=TODAY, reference=f"F{number}-{index}",
             transactions=[Tx(minor=order.amount_minor, currency="MDL",
                              end_to_end=order.end_to_end_id, name=order.payee_name,
                              iban=order.payee_iban, text=order.text)])
        for index, order in enumerate(orders)
    ]  # fmt: skip
    lines += [
        Line(-(index + 1) * 7 - 10_000_000, currency="MDL", day=TODAY + timedelta(days=0),
             reference=f"U{number}-{index}",
             transactions=[Tx(minor=(index + 1) * 7 + 10_000_000, currency="MDL",
                              name=f"Necunoscut {index}", text="plata")])
        for index in range(ENTRIES - MATCHING)
    ]  # fmt: skip
    stage.session.commit()
    return statement(cast, *lines, statement_id=f"S{number}")


def _order(stage: Stage, index: int) -> PaymentOrder:
    provider = stage.cast.provider
    return PaymentOrder(
        id=new_id(), reference=new_reference("PO", 10), end_to_end_id=new_reference("E", 14),
        provider_id=provider.id, payee_name=provider.legal_name,
        payee_iban="MD24AG000000022512345699", amount_minor=10_000 + index * 13,
        currency="MDL", text="plata serviciilor", state=OrderState.RELEASED.value,
    )  # fmt: skip
