"""What is signed off at the close of a month: kept as it was, with the hash of its text."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reintegration.kernel.actor import Actor
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from reintegration.kernel.signing import signers
from vouchers.books.models import AccountingPeriod, PeriodClose
from vouchers.books.queries import period_balances
from vouchers.books.queries.month_checks import Check
from vouchers.books.queries.people import names


def sign_off(
    session: Session,
    period: AccountingPeriod,
    checks: Sequence[Check],
    *,
    actor: Actor,
    now: datetime,
) -> PeriodClose:
    """Keep who closes the month and when, its checklist as it is, and its trial balance."""
    content = {
        "first_day": period.month.isoformat(),
        "last_day": period.last_day.isoformat(),
        "prepared_by": names(session, signers(period, "prepared_by")),
        "prepared_at": period.prepared_at.isoformat() if period.prepared_at else "",
        "closed_by": names(session, actor.eyes),
        "closed_at": now.isoformat(),
        "checklist": [_check(one) for one in checks],
        "balances": _balances(session, period),
    }
    before = select(func.count()).where(PeriodClose.period_id == period.id)
    made = PeriodClose(
        id=new_id(),
        period_id=period.id,
        number=(session.scalar(before) or 0) + 1,
        closed_at=now,
        content=content,
        sha256=hash_of(content),
    )
    session.add(made)
    session.flush()
    return made


def hash_of(content: dict[str, Any]) -> str:
    """Return the SHA-256 of the one text that a content has: sorted, without spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def kept_checks(content: dict[str, Any]) -> list[Check]:
    """Return the checklist as it was."""
    return [
        Check(
            code=one["code"],
            order=number,
            title=one["title"],
            stops=one["stops"],
            is_open=one["is_open"],
            says=one["says"],
            values={name: _meant(value) for name, value in one["values"].items()},
        )
        for number, one in enumerate(content["checklist"])
    ]


def _check(check: Check) -> dict[str, Any]:
    return {
        "code": check.code,
        "title": check.title,
        "stops": check.stops,
        "is_open": check.is_open,
        "says": check.says,
        "values": {name: _kept(value) for name, value in check.values.items()},
    }


def _kept(value: Any) -> Any:
    """Return a value of a sentence as JSON that says what it is."""
    match value:
        case Money():
            return {"minor": value.minor, "currency": value.currency}
        case datetime():
            return {"at": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case int():
            return int(value)
    return str(value)


def _meant(value: Any) -> Any:
    match value:
        case {"minor": minor, "currency": currency}:
            return Money(minor, currency)
        case {"at": at}:
            return datetime.fromisoformat(at)
        case {"day": day}:
            return date.fromisoformat(day)
    return value


def _balances(session: Session, period: AccountingPeriod) -> list[dict[str, Any]]:
    found = period_balances.balances(session, period.month, period.last_day)
    return [
        {
            "currency": one.currency,
            "account": str(account.account),
            "opening": account.opening.minor,
            "debit": account.debit.minor,
            "credit": account.credit.minor,
            "closing": account.closing.minor,
        }
        for one in found
        for account in one.accounts
    ]
