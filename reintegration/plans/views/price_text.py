"""What providers ask, said beside a planned price."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.plans.models import PlanLine
from reintegration.plans.queries.provision import PricesAsked, Spread
from reintegration.plans.views.plan_text import service_name
from reintegration.web.filters import money


def asked(prices: Iterable[PricesAsked], district: str | None) -> list[str]:
    """Return a sentence for each way in which a service is counted and paid."""
    return [_sentence(one, district) for one in prices]


def warnings(lines: Iterable[PlanLine], prices: Sequence[PricesAsked]) -> list[str]:
    """Return of which planned services nobody approved asks as little, or offers them at all."""
    said = []
    for line in lines:
        of_line = next((one for one in prices if one.are_of(line)), None)
        if of_line is None:
            said.append(
                _(
                    "%(service)s: no approved provider offers it by the %(unit)s now, in"
                    " %(currency)s.",
                    service=service_name(line),
                    unit=_(line.unit.label),
                    currency=line.currency,
                )
            )
        elif of_line.are_above(line):
            said.append(
                _(
                    "%(service)s: every approved provider asks more than %(price)s. The lowest is"
                    " %(lowest)s.",
                    service=service_name(line),
                    price=money(line.unit_price),
                    lowest=money(of_line.everywhere.lowest),
                )
            )
    return said


def nobody(category: ServiceCategory) -> str:
    """Say that there is nothing to compare with."""
    return str(_("No approved provider offers %(service)s now.", service=category.label))


def _sentence(one: PricesAsked, district: str | None) -> str:
    unit = TERRITORIAL_UNITS.get(district or "")
    where = (
        ""
        if unit is None
        else _("In %(district)s: %(figures)s.", district=unit.name, figures=_figures(one.nearby))
        if one.nearby
        else _("In %(district)s: none whose place may be told.", district=unit.name)
    )
    asks = _(
        "Approved providers ask, for one %(unit)s: %(figures)s.",
        unit=_(one.unit.label),
        figures=_figures(one.everywhere),
    )
    return f"{asks} {where}".strip()


def _figures(spread: Spread) -> str:
    count = ngettext("%(num)s offering", "%(num)s offerings", spread.offerings)
    if spread.lowest == spread.highest:
        return f"{money(spread.lowest)}; {count}"
    words = _(
        "from %(low)s to %(high)s, half of them at most %(middle)s; %(count)s",
        low=money(spread.lowest),
        high=money(spread.highest),
        middle=money(spread.middle),
        count=count,
    )
    return str(words)
