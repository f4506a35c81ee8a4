"""Which budget lines a plan may choose, and what each is called."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from reintegration.kernel.actor import Actor
from reintegration.plans.queries.provision import BudgetChoice
from reintegration.web.terms_text import with_terms
from vouchers.books.models import BudgetLine
from vouchers.books.queries import funds


def budget_lines(session: Session, actor: Actor, currency: str, on: date) -> list[BudgetChoice]:
    """Return the open lines in one currency of funds that run on a day."""
    if actor.is_provider:
        return []
    return [
        BudgetChoice(line.id, _called(line), line.available, line.terms, _code(line))
        for line in funds.open_budget_lines(session, currency=currency, on=on)
    ]


def called(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what budget lines are called where a plan names them, closed ones too."""
    return {line.id: _called(line) for line in _lines(session, ids)}


def codes(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return by which code tables name budget lines, closed ones too."""
    return {line.id: _code(line) for line in _lines(session, ids)}


def _lines(session: Session, ids: Collection[UUID]) -> Iterable[BudgetLine]:
    return session.scalars(select(BudgetLine).where(BudgetLine.id.in_(ids))).unique()


def _code(line: BudgetLine) -> str:
    return f"{line.fund.code}/{line.code}"


def _called(line: BudgetLine) -> str:
    return with_terms(f"{line.fund.code} · {line.name}", line.terms)
