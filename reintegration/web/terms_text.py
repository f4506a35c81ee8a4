"""What money may pay, in words: beside a budget line, wherever one stands."""

from flask_babel import gettext as _

from reintegration.codelists.eligibility import Terms
from reintegration.codelists.people import AgeGroup, SexPolicy
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS, Bank
from reintegration.web.filters import day


def place_name(code: str) -> str:
    """Return the name of a district, or of a bank of the Nistru."""
    if code in TERRITORIAL_UNITS:
        return TERRITORIAL_UNITS[code].name
    return str(_("Left bank of the Nistru") if code == Bank.LEFT else _("Right bank of the Nistru"))


def people(terms: Terms) -> str:
    """Say for whom it is; "" for everybody."""
    said = [
        str(_(value.label))
        for value in (terms.ages, terms.sex)
        if value not in (AgeGroup.ANY, SexPolicy.ANY)
    ]
    return ", ".join(said)


def places(terms: Terms) -> str:
    """Say where those live whom it is for; "" for anywhere."""
    return ", ".join(sorted(place_name(code) for code in terms.places))


def days(terms: Terms) -> str:
    """Say on which days it pays; "" for any."""
    if terms.first and terms.last:
        return str(_("from %(first)s until %(last)s", first=day(terms.first), last=day(terms.last)))
    if terms.first:
        return str(_("from %(day)s", day=day(terms.first)))
    return str(_("until %(day)s", day=day(terms.last))) if terms.last else ""


def with_terms(name: str, terms: Terms) -> str:
    """Return the name of a budget line with whom, where and when it may pay."""
    said = [part for part in (people(terms), places(terms), days(terms)) if part]
    if not said:
        return name
    return str(_("%(line)s (only: %(terms)s)", line=name, terms="; ".join(said)))
