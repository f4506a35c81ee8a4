"""Three funds, their budget lines, rates, and what donors sent and finance gave to the lines."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from demo.providers import make_iban
from demo.timeline import Story, at
from demo.world import World
from reintegration.codelists.eligibility import Terms
from reintegration.codelists.people import AgeGroup
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.territorial_units import Bank
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from vouchers.bank.services import bank_accounts
from vouchers.books.models import ExchangeRate
from vouchers.books.queries.funds import rate_on
from vouchers.books.services import allocation, exchange, funds

PREPARER, APPROVER = "petru.cojocaru", "alina.croitoru"


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A budget line with its share of the fund in percent; `currency` where it is another."""

    key: str
    name: str
    percent: int
    currency: str = ""


@dataclass(frozen=True, slots=True)
class FundDraft:
    """A fund with what is granted for the whole year at scale 1, in major units."""

    code: str
    name: str
    donor: str
    currency: str
    major: int
    lines: tuple[LineDraft, ...]


FUNDS = (
    FundDraft(
        "SPR-1",
        "Sprijin pentru reintegrare",
        "Fundația Orizont Deschis",
        "MDL",
        2_500_000,
        (
            LineDraft("home", "Adăpost și transport", 26),
            LineDraft("health", "Sănătate", 21),
            LineDraft("night", "Urgențe", 9),
            LineDraft("child", "Copii (doar minori)", 4),
        ),
    ),
    FundDraft(
        "FAM-2",
        "Familie și muncă",
        "Caritatea Nordică",
        "MDL",
        1_900_000,
        (
            LineDraft("work", "Formare și muncă", 52),
            LineDraft("family", "Familie și copii", 20),
            LineDraft("rights", "Acte și drepturi", 12),
            LineDraft("food", "Alimente și igienă", 11),
        ),
    ),
    FundDraft(
        "PUN-3",
        "Peste Nistru",
        "Agenția de Cooperare Exemplu",
        "EUR",
        60_000,
        (
            LineDraft("euro-work", "Formare și muncă (EUR)", 50),
            LineDraft("euro-rights", "Acte și drepturi (EUR)", 20),
            LineDraft("left", "Malul stâng (MDL)", 20, "MDL"),
        ),
    ),
)

_C = ServiceCategory
_LINE_OF = {
    _C.SHELTER: "home",
    _C.TRANSPORT: "home",
    _C.RENTED_HOUSING: "home",
    _C.MEDICAL: "health",
    _C.MENTAL_HEALTH: "health",
    _C.VOCATIONAL_TRAINING: "work",
    _C.EMPLOYMENT: "work",
    _C.EDUCATION: "work",
    _C.BUSINESS_START_UP: "work",
    _C.FAMILY_MEDIATION: "family",
    _C.CHILDCARE: "family",
    _C.SOCIAL_PROTECTION: "family",
    _C.LEGAL_AID: "rights",
    _C.DOCUMENTS: "rights",
    _C.INTERPRETATION: "rights",
    _C.BASIC_NEEDS: "food",
}

_FOR_CHILDREN = (_C.MENTAL_HEALTH, _C.MEDICAL, _C.EDUCATION)


def line_for(
    category: ServiceCategory, currency: str, *, left_bank: bool = False, child: bool = False
) -> str:
    """Return the budget line that pays for a category."""
    if currency == "EUR":
        return "euro-rights" if _LINE_OF[category] == "rights" else "euro-work"
    if left_bank and category in (_C.MENTAL_HEALTH, _C.MEDICAL):
        return "left"
    if child and category in _FOR_CHILDREN:
        return "child"
    return _LINE_OF[category]


def _paid_by(key: str) -> list[ServiceCategory]:
    """Return the services that a budget line of the demo may pay."""
    if key == "night":
        return [_C.SHELTER, _C.TRANSPORT, _C.MEDICAL]
    if key == "left":
        return [_C.MENTAL_HEALTH, _C.MEDICAL]
    if key == "child":
        return [*_FOR_CHILDREN]
    if key.startswith("euro-"):
        return [one for one in _C if line_for(one, "EUR") == key]
    return [one for one, own in _LINE_OF.items() if own == key]


def _terms_of(key: str) -> Terms:
    """Return what a budget line of the demo may pay: one is for children, one for the left bank."""
    services = frozenset(_paid_by(key))
    if key == "child":
        return Terms(services, ages=AgeGroup.CHILDREN)
    if key == "left":
        return Terms(services, places=frozenset({Bank.LEFT}))
    return Terms(services)


def open_funds(world: World) -> None:
    """Open the bank accounts and the funds with empty lines."""
    preparer = world.actor(PREPARER)
    for number, currency in enumerate(("MDL", "EUR")):
        account = bank_accounts.propose(
            world.session,
            actor=preparer,
            name=f"Cont curent {currency}",
            holder="Asociația Exemplu",
            iban=make_iban(f"AG00002252{number:010d}"),
            identifier="1003600999999",
            currency=currency,
            now=world.now,
        )
        bank_accounts.approve(world.session, account, actor=world.actor(APPROVER), now=world.now)
        world.accounts[currency] = account
    for draft in FUNDS:
        fund = world.funds[draft.code] = funds.create_fund(
            world.session,
            actor=preparer,
            code=draft.code,
            name=draft.name,
            donor=draft.donor,
            currency=draft.currency,
            starts_on=world.ago(380),
            ends_on=world.today + timedelta(days=250),
            now=world.now,
        )
        for number, line in enumerate(draft.lines, 1):
            world.lines[line.key] = funds.add_line(
                world.session,
                fund,
                actor=preparer,
                code=f"{draft.code}.{number}",
                name=line.name,
                currency=line.currency or None,
                terms=_terms_of(line.key),
                now=world.now,
            )


def publish_rates(world: World) -> Story:
    """Note the euro's rate of every month."""
    for month in range(12, -1, -1):
        yield at(world.ago(month * 30 + 3), 9)
        exchange.add_rate(
            world.session,
            actor=world.actor(PREPARER),
            on=world.day,
            base="EUR",
            quote="MDL",
            rate=Decimal("19.45") + Decimal(month % 5) * Decimal("0.07"),
            source="Banca Națională",
            now=world.now,
        )


def grant_of(world: World, draft: FundDraft, percent: int) -> Money:
    """Return a part of a year's grant at this scale, in whole thousands."""
    major = draft.major * max(world.scale, 0.12) * percent / 100
    return Money(max(round(major / 1000), 1) * 100_000, draft.currency)


def allocate(world: World, draft: FundDraft, granted: Money) -> None:
    """Give what has arrived to the lines of its fund, as the approver."""
    approver = world.actor(APPROVER)
    for line in draft.lines:
        part = granted.share(line.percent, 100)
        budget_line = world.lines[line.key]
        if not line.currency:
            allocation.allocate(
                world.session, budget_line, actor=approver, amount=part, key=new_id(), now=world.now
            )
            continue
        rate = exchange_rate(world)
        allocation.allocate_converted(
            world.session,
            budget_line,
            actor=approver,
            taken=part,
            rate=rate,
            buffer_percent=Decimal(3),
            key=new_id(),
            now=world.now,
        )


def exchange_rate(world: World) -> ExchangeRate:
    """Return the euro's latest rate."""
    found = rate_on(world.session, "EUR", "MDL", world.day)
    assert found is not None
    return found


def drain(world: World) -> None:
    """Take free money back from two lines, so that they are nearly used up."""
    for key, left in (("food", 120_000), ("euro-rights", 6_000)):
        line = world.lines[key]
        world.session.refresh(line)
        if line.available.minor > left:
            allocation.reduce(
                world.session,
                line,
                actor=world.actor(APPROVER),
                amount=line.available - Money(left, line.currency),
                key=new_id(),
                now=world.now,
            )
