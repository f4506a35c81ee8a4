"""What money may pay: which services, for whom, where and when. One rule says whether it fits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from reintegration.codelists.people import AgeGroup, Sex, SexPolicy
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.kernel.errors import N_
from reintegration.kernel.words import Worded

OF_AGE = 18


class Mismatch(Worded):
    """Why money may not pay for something, as far as a case may say it."""

    SERVICE = N_("it is for other services")
    AGE = N_("it is for another age, or the year of birth is not known")
    SEX = N_("it is for women or for men only, and the case does not say so")
    PLACE = N_("it is for people of other districts, or the district is not known")
    DAYS = N_("it pays on other days")


@dataclass(frozen=True, slots=True)
class Helped:
    """What a case knows of the person that money may ask about; what is unknown is None."""

    birth_year: int | None = None
    sex: Sex = Sex.UNSPECIFIED
    territorial_unit: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to pay: services, for whom, from the first to the last day.

    Not `wholly`: it is enough that some of these days may be paid. So a step is planned, while a
    voucher lies wholly within what its money may pay.
    """

    services: Collection[ServiceCategory]
    helped: Helped
    first: date
    last: date
    wholly: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """What money may pay; what is not named is not limited.

    `places` are districts and banks of the Nistru, by where the person lives.
    """

    services: frozenset[ServiceCategory] = frozenset()
    ages: AgeGroup = AgeGroup.ANY
    sex: SexPolicy = SexPolicy.ANY
    places: frozenset[str] = frozenset()
    first: date | None = None
    last: date | None = None


ANYTHING = Terms()
"""Terms that limit nothing."""


def may_be_paid(terms: Terms, wanted: Wanted) -> bool:
    """Whether money under these terms pays for all that is wanted."""
    return mismatch(terms, wanted) is None


def is_meant_for(service: ServiceCategory, helped: Helped, on: date) -> bool:
    """Whether a service may be for somebody on a day; what is not known of them is no reason."""
    said = service.on(on)
    terms = Terms(
        ages=said.ages if helped.birth_year else AgeGroup.ANY,
        sex=SexPolicy.ANY if helped.sex == Sex.UNSPECIFIED else said.sex,
    )
    return may_be_paid(terms, Wanted((), helped, on, on))


def mismatch(terms: Terms, wanted: Wanted) -> Mismatch | None:
    """Return why money under these terms does not pay; what is not known is not met."""
    holds = (
        (Mismatch.SERVICE, not terms.services or terms.services.issuperset(wanted.services)),
        (Mismatch.AGE, _of_age(terms.ages, wanted)),
        (Mismatch.SEX, terms.sex == SexPolicy.ANY or str(terms.sex) == str(wanted.helped.sex)),
        (Mismatch.PLACE, _lives_there(terms.places, wanted.helped.territorial_unit)),
        (Mismatch.DAYS, _in_days(terms, wanted)),
    )
    return next((why for why, held in holds if not held), None)


def _of_age(ages: AgeGroup, wanted: Wanted) -> bool:
    """Whether the age fits; of the year in which somebody comes of age, both may be meant."""
    if ages == AgeGroup.ANY:
        return True
    if wanted.helped.birth_year is None:
        return False
    reached = wanted.first.year - wanted.helped.birth_year
    return reached <= OF_AGE if ages == AgeGroup.CHILDREN else reached >= OF_AGE


def _lives_there(places: frozenset[str], district: str | None) -> bool:
    unit = TERRITORIAL_UNITS.get(district or "")
    return not places or (unit is not None and not places.isdisjoint({unit.code, unit.bank}))


def _in_days(terms: Terms, wanted: Wanted) -> bool:
    first, last = terms.first or date.min, terms.last or date.max
    if wanted.wholly:
        return first <= wanted.first and wanted.last <= last
    return first <= wanted.last and wanted.first <= last
