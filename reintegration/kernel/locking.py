"""Holding rows until the transaction ends: in one order, and once more when it went wrong.

Whoever holds several rows takes them in the order of `ORDER`, and rows of one table by their key.
Two transactions that keep to it never wait for each other in a circle. A lock is never FOR UPDATE:
a row whose key stays may be pointed at meanwhile, so a new row below it need not wait.
`docs/locking.md` says more; every test watches every transaction for it.
"""

import time
from collections.abc import Callable, Iterable
from random import uniform
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, inspect, select
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.orm import Session

from reintegration.kernel.base import Base
from reintegration.kernel.errors import NotFound

Row = TypeVar("Row", bound=Base)
Done = TypeVar("Done")

ORDER = (
    "house_key",
    "key_sample",
    "lane_beat",
    "watermark",
    "answered_form",
    "background_task",
    "task_page",
    "outbox_message",
    "organisation",
    "user_account",
    "user_role",
    "deputyship",
    "account_link",
    "passkey",
    "second_factor",
    "recovery_code",
    "desk_device",
    "sign_in_session",
    "known_browser",
    "rule_version",
    "case_file",
    "hand_over",
    "hand_over_item",
    "erasure_request",
    "name_export",
    "case_member",
    "case_note",
    "person_key",
    "person_identity",
    "identity_index",
    "paper",
    "paper_part",
    "paper_key",
    "need",
    "goal",
    "emergency_start",
    "plan",
    "milestone",
    "milestone_dependency",
    "plan_line",
    "plan_version",
    "consent",
    "bank_file",
    "bank_statement",
    "bank_line",
    "bank_match",
    "bank_line_ending",
    "bank_notice",
    "bank_answer",
    "order_answer",
    "payment_batch",
    "bank_account",
    "kept_columns",
    "provider",
    "site",
    "site_place",
    "vetting_document",
    "offering",
    "referral",
    "stripe_account",
    "stripe_payout",
    "payee_account",
    "payment_order",
    "claim",
    "stripe_transfer",
    "stripe_reversal",
    "stripe_line",
    "stripe_balance",
    "voucher",
    "voucher_hold",
    "redemption",
    "claim_line",
    "accounting_period",
    "opening_balance",
    "fund",
    "budget_line",
    "stripe_event",
    "plan_line_delivery",
    "api_token",
    "inbox_message",
    "ledger_sum",
    "job_run",
    "try_counter",
)
"""The tables whose rows are held, those first that are taken first."""

_APART = 0.1
"""Seconds, at most, before the second try: two that gave each other up would meet again."""
_LOST_RACES = frozenset({"40P01", "40001", "23505", "23P01", "23000"})
"""Deadlock, serialization failure; a row that somebody else added first, or a law of ours that
holds since then: nothing was wrong but the moment, or a second look says in words what."""


def lock(session: Session, row: Row) -> Row:
    """Lock `row` and read it again, in one statement; raise NotFound when it is gone.

    Only the row itself is locked, not what is joined to it for reading.
    """
    try:
        session.refresh(row, with_for_update={"of": type(row), "key_share": True})
    except InvalidRequestError:  # there is no such row any more
        raise NotFound from None
    return row


def lock_all(session: Session, rows: Iterable[Row]) -> list[Row]:
    """Lock rows of one table by their key and read them again; what is gone is left out."""
    found = {row.id: row for row in rows}  # type: ignore[attr-defined]  # every table has a key
    if not found:
        return []
    model: Any = type(next(iter(found.values())))
    statement = _in_order(select(model).where(model.id.in_(found)), model)
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def by_key(model: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    """Return the statement that locks some rows of `model`, and reads only their keys."""
    return _in_order(select(*inspect(model).primary_key).where(*conditions), model)


def _in_order(statement: Select[Any], model: Any) -> Select[Any]:
    keys = inspect(model).primary_key
    return statement.order_by(*keys).with_for_update(of=model, key_share=True)


def hold(session: Session, row: Row) -> Row:
    """Keep `row` from being changed until the transaction ends, and read it again.

    Any number may hold it at once; whoever wants to change it waits for them.
    """
    session.refresh(row, with_for_update={"of": type(row), "read": True})
    return row


def committed(session: Session, act: Callable[[], Done]) -> Done:
    """Do `act` and commit, once more when it lost a race; roll back what raises."""

    def attempt() -> Done:
        try:
            done = act()
            session.commit()
        except BaseException:
            session.rollback()
            raise
        return done

    return once_more(session, attempt)


def once_more(session: Session, act: Callable[[], Done]) -> Done:
    """Do `act`, commit included; when it lost a race, roll back and do it a second time.

    `act` must find everything anew: what it did the first time is gone, messages too.
    """
    try:
        return act()
    except DBAPIError as error:
        if not lost_a_race(error):
            raise
        session.rollback()
        time.sleep(uniform(0, _APART))  # noqa: S311 - no secret: only not at the same moment
        return act()


def lost_a_race(error: DBAPIError) -> bool:
    """Whether the database gave up a transaction because of what another one did."""
    return getattr(error.orig, "sqlstate", None) in _LOST_RACES
