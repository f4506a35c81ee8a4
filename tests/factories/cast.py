"""The cast: one person for each role, two providers, a fund. Everybody is invented.

Ana manages the case, Sergiu supervises her, Călin is an outsider; Rita receives at the provider
that has the voucher, Olga at another one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from providers.directory.models import Offering, Provider, Site, SitePlace
from providers.directory.states import Jurisdiction, OfferingState
from reintegration.accounts.models import Organisation, User, UserRole
from reintegration.accounts.services import actors
from reintegration.accounts.states import OrganisationKind
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.actor import SYSTEM, Actor, Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from vouchers.books.models import BankAccount, BudgetLine, Fund
from vouchers.books.services import budget
from vouchers.books.services.journal import Dimensions, Posting, Source, post
from vouchers.books.services.postings import PostingEvent
from vouchers.books.states import SourceType
from vouchers.payments.models.payees import PayeeAccount

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
"""The present: servers that tests start look at the real clock, so nothing here may grow old."""
TODAY = local_day(NOW)
PASSWORD = "seven quiet bridges"


@dataclass
class Cast:
    """Everyone and everything that most tests need."""

    programme: Organisation
    people: dict[str, User]
    provider: Provider
    other_provider: Provider
    offerings: dict[ServiceCategory, Offering]
    other_offerings: dict[ServiceCategory, Offering]
    fund: Fund
    budget_line: BudgetLine
    euro_fund: Fund
    euro_budget_line: BudgetLine
    bank_account: BankAccount
    euro_bank_account: BankAccount

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["people"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name) from None


PEOPLE: dict[str, tuple[str, str, Role]] = {
    "ana": ("Ana Lungu", "programme", Role.CASE_MANAGER),
    "calin": ("Călin Rusu", "programme", Role.CASE_MANAGER),
    "sergiu": ("Sergiu Munteanu", "programme", Role.SUPERVISOR),
    "vera": ("Vera Ciobanu", "programme", Role.VETTING_OFFICER),
    "victor": ("Victor Balan", "programme", Role.VETTING_OFFICER),
    "petru": ("Petru Sandu", "programme", Role.FINANCE_PREPARER),
    "alina": ("Alina Moraru", "programme", Role.FINANCE_APPROVER),
    "radu": ("Radu Ceban", "programme", Role.FINANCE_RELEASER),
    "irina": ("Irina Botnari", "programme", Role.AUDITOR),
    "dan": ("Dan Popescu", "programme", Role.ADMINISTRATOR),
    "rita": ("Rita Cojocaru", "provider", Role.PROVIDER_RECEPTION),
    "corina": ("Corina Guțu", "provider", Role.PROVIDER_COORDINATOR),
    "boris": ("Boris Lupu", "provider", Role.PROVIDER_BOOKKEEPER),
    "maria": ("Maria Țurcan", "provider", Role.PROVIDER_MANAGER),
    "olga": ("Olga Melnic", "other_provider", Role.PROVIDER_RECEPTION),
    "oleg": ("Oleg Rotaru", "other_provider", Role.PROVIDER_BOOKKEEPER),
    "otilia": ("Otilia Cebotari", "other_provider", Role.PROVIDER_COORDINATOR),
}


def make_cast(session: Session) -> Cast:
    """Add the cast with money on its budget lines; the caller commits."""
    programme = _organisation("Echipa Ungheni", OrganisationKind.PROGRAMME)
    homes = {
        "programme": programme,
        "provider": _organisation("Centrul Speranța", OrganisationKind.PROVIDER),
        "other_provider": _organisation("Casa Albă", OrganisationKind.PROVIDER),
    }
    session.add_all(homes.values())
    session.flush()
    people = {
        key: make_person(key, homes[home], name, role) for key, (name, home, role) in PEOPLE.items()
    }
    session.add_all(people.values())
    session.flush()
    people["ana"].supervisor_id = people["calin"].supervisor_id = people["sergiu"].id
    provider = make_provider(session, homes["provider"], "1003600012345")
    other = make_provider(session, homes["other_provider"], "1003600054321")
    fund, line = make_fund(session, "SPR-1", "MDL", Money(10_000_000, "MDL"))
    euro_fund, euro_line = make_fund(session, "SPR-2", "EUR", Money(1_000_000, "EUR"))
    accounts = [
        BankAccount(
            id=new_id(),
            name=f"Cont {currency}",
            holder="Asociația Exemplu",
            iban=iban,
            bic="AGRNMD2X",
            identifier="1003600000001",
            currency=currency,
            profile=profile,
            proposed_at=NOW,
            approved_at=NOW,
        )
        for currency, profile, iban in (
            ("MDL", "general", make_iban("AG000000022512345678")),
            ("EUR", "sepa", make_iban("AG000000022598765432")),
        )
    ]
    session.add_all(accounts)
    session.flush()
    approver = people["victor"].id
    return Cast(
        programme=programme,
        people=people,
        provider=provider,
        other_provider=other,
        offerings=make_offerings(session, provider, approver),
        other_offerings=make_offerings(session, other, approver),
        fund=fund,
        budget_line=line,
        euro_fund=euro_fund,
        euro_budget_line=euro_line,
        bank_account=accounts[0],
        euro_bank_account=accounts[1],
    )


def actor(session: Session, user: User) -> Actor:
    """Return the actor of a person, with the caseload of now."""
    return actors.actor_of(session, user)


def make_iban(account: str) -> str:
    """Return the Moldovan IBAN of a bank code and an account, with its check digits."""
    number = int("".join(str(int(sign, 36)) for sign in account + "MD00"))
    return f"MD{98 - number % 97:02d}{account}"


def make_provider(session: Session, home: Organisation, identifier: str) -> Provider:
    """Add a provider with payee accounts in MDL and EUR."""
    provider = Provider(
        id=home.id,
        legal_name=f"{home.name} SRL",
        identifier=identifier,
        jurisdiction=Jurisdiction.RIGHT_BANK.value,
        created_at=NOW,
        updated_at=NOW,
    )
    session.add(provider)
    session.flush()
    for currency, account in (("MDL", "2251"), ("EUR", "2259")):
        session.add(
            PayeeAccount(
                id=new_id(),
                provider_id=provider.id,
                currency=currency,
                iban=make_iban(f"AG00000{account}{identifier[-9:]}"),
                bic="AGRNMD2X",
                holder=provider.legal_name,
                proposed_at=NOW,
                approved_at=NOW,
            )
        )
    session.flush()
    return provider


PRICES = {
    ServiceCategory.MENTAL_HEALTH: 50_000,
    ServiceCategory.SHELTER: 15_000,
    ServiceCategory.VOCATIONAL_TRAINING: 980_000,
    ServiceCategory.TRANSPORT: 20_000,
    ServiceCategory.MEDICAL: 40_000,
}


def make_offerings(
    session: Session, provider: Provider, approver_id: UUID
) -> dict[ServiceCategory, Offering]:
    """Add one approved offering of each priced category at one site."""
    site = Site(
        id=new_id(),
        provider_id=provider.id,
        name="Sediu",
        place=SitePlace(territorial_unit="MD-UN", locality="Ungheni", address="str. Exemplu 1"),
    )
    session.add(site)
    session.flush()
    made = {
        category: Offering(
            id=new_id(),
            provider_id=provider.id,
            site_id=site.id,
            name=f"{category} A",
            category=category,
            unit=category.unit.value,
            price_minor=price,
            currency="MDL",
            languages=["ro", "ru"],
            accepts_children=True,
            capacity=20,
            state=OfferingState.APPROVED.value,
            approved_by=approver_id,
            approved_at=NOW,
            approved_until=TODAY + timedelta(days=400),
            created_at=NOW,
            updated_at=NOW,
        )
        for category, price in PRICES.items()
    }
    session.add_all(made.values())
    session.flush()
    return made


def make_fund(session: Session, code: str, currency: str, amount: Money) -> tuple[Fund, BudgetLine]:
    """Add a fund whose whole grant was received and allocated to one budget line."""
    fund = Fund(
        id=new_id(),
        code=code,
        name=f"Fond {code}",
        donor="Donator Exemplu",
        currency=currency,
        starts_on=TODAY - timedelta(days=300),
        ends_on=TODAY + timedelta(days=400),
        created_at=NOW,
    )
    line = BudgetLine(id=new_id(), fund=fund, code=f"{code}-A", name="Servicii", currency=currency)
    session.add_all([fund, line])
    session.flush()
    about = Dimensions(fund_id=fund.id)
    source = Source(SourceType.BANK_ACCOUNT, fund.id)
    posting = Posting(PostingEvent.GRANT_RECEIVED, amount, f"grant|{fund.id}", source, about)
    post(session, posting, actor=SYSTEM, now=NOW)
    source = Source(SourceType.BUDGET_LINE, line.id)
    about = about.but(budget_line_id=line.id)
    posting = Posting(PostingEvent.ALLOCATED, amount, f"allocate|{line.id}", source, about)
    post(session, posting, actor=SYSTEM, now=NOW)
    budget.give_back(session, line.id, amount)
    return fund, line


def _organisation(name: str, kind: OrganisationKind) -> Organisation:
    return Organisation(id=new_id(), name=name, kind=kind.value, created_at=NOW)


def make_person(key: str, home: Organisation, name: str, *roles: Role) -> User:
    """Return a person who signs in as `key@demo.example` with the cast's password."""
    return User(
        id=new_id(),
        email=f"{key}@demo.example",
        name=name,
        password_hash=_password_hash(),
        organisation_id=home.id,
        created_at=NOW,
        roles=_held(roles),
    )


def _held(roles: Iterable[Role]) -> list[UserRole]:
    return [UserRole(role=role.value) for role in roles]


@cache
def _password_hash() -> str:
    """Return what is stored of it, made in no time: as valid, and thousands are compared."""
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


def new_person(cast: Cast, **others: Any) -> dict[str, Any]:
    """Return what the form of a new person sends."""
    return {
        "name": "Elena Nistor",
        "email": "elena@demo.example",
        "locale": "ro",
        "organisation": str(cast.programme.id),
        "roles": ["case_manager"],
        "supervisor": "",
    } | others
