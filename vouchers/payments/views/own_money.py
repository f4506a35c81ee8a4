"""A provider's own money: when it comes, how much, and the rows behind each figure."""

from datetime import date
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from reintegration.kernel import clock
from reintegration.kernel.db import session
from reintegration.kernel.errors import NotFound
from reintegration.web import parameters
from reintegration.web.current import current_actor
from vouchers.payments.permissions import ClaimPermission
from vouchers.payments.queries import own_money as queries
from vouchers.payments.queries.own_money import OwnMoney
from vouchers.payments.states import IN_THE_BOOKS, SENT_OR_PAID, MoneyPart
from vouchers.payments.views.blueprints import claims_bp as bp
from vouchers.payments.views.own_money_words import when_it_comes


@bp.page("/mine/money", ClaimPermission.LIST_OWN)
def money() -> ResponseReturnValue:
    """Answer when money comes, and how much; then where each part of it stands."""
    today = _today()
    found = queries.own_money(session(), _provider_id(), today=today)
    return render_template(
        "vouchers/payments/claims/money.html",
        found=found,
        said={own.currency: when_it_comes(own, today) for own in found},
        owed=IN_THE_BOOKS,
        left=SENT_OR_PAID,
        Part=MoneyPart,
        rows_url=_rows_url,
    )


@bp.page("/mine/money/rows", ClaimPermission.LIST_OWN)
def money_rows() -> ResponseReturnValue:
    """Show the rows that one figure counts, and their sum."""
    today, provider_id = _today(), _provider_id()
    part = MoneyPart(parameters.choice("of", MoneyPart, MoneyPart.UNCLAIMED))
    found = {own.currency: own for own in queries.own_money(session(), provider_id, today=today)}
    currency = parameters.choice("currency", found, next(iter(found), ""))
    own = found.get(currency) or OwnMoney("MDL", {}, ())
    page = queries.part_rows(
        session(), provider_id, part, own.currency, today=today, cursor=parameters.cursor()
    )
    return render_template(
        "vouchers/payments/claims/money_rows.html",
        page=page,
        part=part,
        own=own,
        given={"of": str(part), "currency": own.currency},
    )


def _rows_url(own: OwnMoney, part: MoneyPart) -> str:
    """Return where a figure's rows are; what came back is told by the statement, line by line."""
    if part is MoneyPart.REFUND:
        provider_id = _provider_id()
        return url_for("statements.show", provider_id=provider_id, currency=own.currency)
    return url_for("claims.money_rows", of=part, currency=own.currency)


def _provider_id() -> UUID:
    provider_id = current_actor().organisation_id
    if provider_id is None:
        raise NotFound
    return provider_id


def _today() -> date:
    return clock.local_day(clock.now())
