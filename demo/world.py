"""What the stories of the demo share: the session, the clock, chance, and who is who."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from demo.logins import Login
from demo.stripe_books import StripeBooks
from demo.timeline import Timeline, at
from providers.directory.models import Offering, Provider, Site
from reintegration.accounts.models import User
from reintegration.accounts.services.actors import actor_of
from reintegration.cases.models import CaseFile
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.plans.models import PlanLineDelivery
from vouchers.books.models import BankAccount, BudgetLine, Fund
from vouchers.voucher.models import Voucher

SEED = 241_2005
YEAR = 365
_COUNTED = (PlanLineDelivery, Voucher, BudgetLine)


@dataclass
class Firm:
    """A provider with the people who act for it and what it offers."""

    key: str
    provider: Provider
    sites: list[Site] = field(default_factory=list)
    offerings: list[Offering] = field(default_factory=list)
    manager: str = ""
    coordinator: str = ""
    bookkeeper: str = ""
    reception: str = ""
    provider_id: UUID = field(init=False)

    def __post_init__(self) -> None:
        """Know the id without a look into the database."""
        self.provider_id = self.provider.id


@dataclass
class World:
    """One demo in the making; days count back from the day of loading."""

    session: Session
    today: date
    scale: float
    timeline: Timeline
    rng: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 - no secret
    users: dict[str, User] = field(default_factory=dict)
    logins: list[Login] = field(default_factory=list)
    firms: dict[str, Firm] = field(default_factory=dict)
    funds: dict[str, Fund] = field(default_factory=dict)
    lines: dict[str, BudgetLine] = field(default_factory=dict)
    accounts: dict[str, BankAccount] = field(default_factory=dict)
    stripe: StripeBooks = field(default_factory=StripeBooks)
    _actors: dict[str, Actor] = field(default_factory=dict)
    _keys: dict[UUID, str] = field(default_factory=dict)

    @classmethod
    def begin(cls, session: Session, today: date, scale: float) -> "World":
        """Make a world that ends as `today` begins."""
        return cls(session, today, scale, Timeline(at(today, 0)))

    @property
    def now(self) -> datetime:
        """Return the instant that the stories have come to."""
        return self.timeline.now

    @property
    def day(self) -> date:
        """Return the local day that the stories have come to."""
        return local_day(self.now)

    def ago(self, days: int) -> date:
        """Return the day that lies so many days before the day of loading."""
        return self.today - timedelta(days=days)

    def actor(self, key: str) -> Actor:
        """Return who a person acts as, with everybody's caseload as it grows."""
        if key not in self._actors:
            self._actors[key] = actor_of(self.session, self.users[key])
        return self._actors[key]

    def assign(self, case: CaseFile) -> None:
        """Let the team of a new case act on it."""
        for member in case.members:
            key = self.key_of(member.user_id)
            acting = self.actor(key)
            self._actors[key] = replace(acting, caseload=acting.caseload | {case.id})

    def forget_counters(self) -> None:
        """Read anew what is counted in SQL, as each job does that begins with an empty session."""
        self.session.flush()
        for row in list(self.session.identity_map.values()):
            if isinstance(row, _COUNTED):
                self.session.expire(row)

    def key_of(self, user_id: UUID) -> str:
        """Return what the demo calls a person."""
        if user_id not in self._keys:
            self._keys = {user.id: key for key, user in self.users.items()}
        return self._keys[user_id]

    def firm_of(self, provider_id: UUID) -> Firm:
        """Return the provider with that id."""
        return next(firm for firm in self.firms.values() if firm.provider_id == provider_id)

    def offerings(self) -> Iterable[tuple[Firm, Offering]]:
        """Return every offering with its provider; those that must be read anew, all at once."""
        if any(inspect(one).expired for firm in self.firms.values() for one in firm.offerings):
            self.session.scalars(select(Offering)).all()
        return ((firm, one) for firm in self.firms.values() for one in firm.offerings)

    def count(self, at_scale_one: int, least: int) -> int:
        """Return how many there are at this scale."""
        return max(least, round(at_scale_one * self.scale))


def district_of(offering: Offering) -> str:
    """Return the code of the district where a service is given; an operator sees every place."""
    place = offering.site.place
    assert place is not None
    return place.territorial_unit
