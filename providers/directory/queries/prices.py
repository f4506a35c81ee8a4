"""What approved providers ask, for whoever plans a service.

The price of a confidential site counts among all: whoever plans for a person is shown it by
matching, too. In the figures of a district it does not: they would tell where it is.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from providers.directory.models import Offering, Site, SitePlace
from providers.directory.states import OfferingState
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.money import Money
from reintegration.plans.queries.provision import PricesAsked, Spread


def prices_asked(
    session: Session, categories: Collection[ServiceCategory], district: str | None, on: date
) -> list[PricesAsked]:
    """Return what is asked for one unit of these services, in one statement."""
    price = Offering.price_minor
    here = Site.confidential.is_(False) & (SitePlace.territorial_unit == district)
    figures = [
        figure.filter(which) if which is not None else figure
        for which in (None, here)
        for figure in (
            func.count(price),
            func.min(price),
            func.percentile_disc(0.5).within_group(price),
            func.max(price),
        )
    ]
    rows = session.execute(
        select(Offering.category, Offering.unit, Offering.currency, *figures)
        .join(Site, Site.id == Offering.site_id)
        .outerjoin(SitePlace, SitePlace.site_id == Site.id)
        .where(
            Offering.category.in_(categories),
            Offering.state == OfferingState.APPROVED,
            or_(Offering.approved_until.is_(None), Offering.approved_until >= on),
        )
        .group_by(Offering.category, Offering.unit, Offering.currency)
        .order_by(Offering.category, func.count().desc(), Offering.unit, Offering.currency)
    )
    return [_said(row) for row in rows]


def _said(row: Row[*tuple[Any, ...]]) -> PricesAsked:
    category, unit, currency, *figures = row
    everywhere, nearby = (_spread(currency, *part) for part in (figures[:4], figures[4:]))
    assert everywhere is not None  # a group has a row
    return PricesAsked(category, unit, everywhere, nearby)


def _spread(currency: str, count: int, low: int, middle: int, high: int) -> Spread | None:
    if not count:
        return None
    return Spread(Money(low, currency), Money(middle, currency), Money(high, currency), count)
