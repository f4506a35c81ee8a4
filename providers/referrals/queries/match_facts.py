"""What matching looks at: plain frozen facts, so that the rule is a pure function of them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from providers.directory.states import OfferingState
from reintegration.codelists.people import Sex, SexPolicy
from reintegration.kernel.money import Money


@dataclass(frozen=True, slots=True)
class MatchRequest:
    """What is needed, without who needs it.

    `age` is what the person reaches in this year; `languages` begins with the one they prefer;
    Without a `price_limit` nothing is planned yet, and the price leaves nobody out.
    `excluded_units` holds codes of territorial units, or a bank, that are not safe for them.
    With `children_come` a place needs room for the dependants; `is_meant` is false where the
    category is certainly for other people.
    """

    category: str
    unit: str
    units: int
    starts_on: date
    ends_on: date
    price_limit: Money | None
    territorial_unit: str | None = None
    sex: Sex = Sex.UNSPECIFIED
    age: int | None = None
    dependants: int = 0
    languages: tuple[str, ...] = ()
    access_needs: frozenset[str] = frozenset()
    excluded_units: frozenset[str] = frozenset()
    children_come: bool = False
    is_meant: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """One offering as it stands, with what is known of its past."""

    offering_id: UUID
    provider_id: UUID
    provider_name: str
    site_name: str
    service_name: str
    category: str
    unit: str
    price: Money
    state: OfferingState
    vetted_until: date | None
    languages: tuple[str, ...]
    interpreter: bool
    access_features: frozenset[str]
    sex_policy: SexPolicy
    min_age: int
    max_age: int
    accepts_children: bool
    capacity: int | None
    places_taken: int
    lead_days: int
    territorial_unit: str
    confidential: bool = False
    completed: int = 0
    failed: int = 0
    served_this_case: bool = False
    last_asked_at: datetime | None = None
    updated_at: datetime | None = field(default=None, compare=False)

    @property
    def free_places(self) -> int | None:
        """Return how many places are free; None where nobody counts them."""
        return None if self.capacity is None else max(self.capacity - self.places_taken, 0)
