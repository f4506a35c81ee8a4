"""Providers of services in all units and on both banks, vetted as officers vet them."""

from datetime import date, datetime, timedelta
from random import Random

from demo import places
from demo.catalogue import FIRMS, SHORT, WARES, Draft, is_value, unit_of
from demo.logins import Login, enrol, new_password
from demo.names import draw
from demo.papers import Papers
from demo.stripe_accounts import open_account
from demo.timeline import Story, at
from demo.world import YEAR, Firm, World
from providers.directory.models import Offering, Provider, Site
from providers.directory.queries.checklists import checklist_of, needed_documents
from providers.directory.services import profiles
from providers.directory.services.profiles import Place, Profile, Terms
from providers.directory.states import Jurisdiction, OfferingState
from providers.vetting.services import documents, vetting
from reintegration.accounts.services.tokens import create_token
from reintegration.accounts.services.users import create_user
from reintegration.codelists.documents import DocumentKind
from reintegration.codelists.languages import Locale
from reintegration.codelists.people import AccessNeed, SexPolicy
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel.actor import OPERATOR, Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.money import Money
from vouchers.payments.models import PayeeAccount
from vouchers.payments.services import payees

_OFFICER, _SECOND = "victor.moraru", "lilia.botnaru"
_STAFF = (
    ("rita", "Rita Boaghi", Role.PROVIDER_RECEPTION),
    ("cora", "Corina Untilă", Role.PROVIDER_COORDINATOR),
    ("boris", "Boris Chiriac", Role.PROVIDER_BOOKKEEPER),
    ("magda", "Magda Pleșca", Role.PROVIDER_MANAGER),
)
_AT_STRIPE = "drept"
"""Its manager's sign-in is shown too: who looks at the demo can mend the payout that failed."""
_BANKS = ("AG", "VI", "ML", "EX", "MO")


def make_providers(world: World) -> None:
    """Add every provider as it was a year ago and more: known, checked, approved."""
    for number, draft in enumerate(FIRMS):
        firm = _profile(world, draft, number)
        _people(world, firm, draft)
        _documents(world, firm, draft)
        _accounts(world, firm, draft, number)
        _offerings(world, firm, draft)


def tokens(world: World) -> Story:
    """Let two desks have a token for a year: one ends soon, as its page and its inbox say."""
    for key, days in (("speranta", YEAR - 20), ("dacia", 120)):
        yield at(world.ago(days), 9)
        create_token(
            world.session,
            actor=world.actor(world.firms[key].manager),
            organisation_id=world.firms[key].provider.id,
            label="Recepție",
            now=world.now,
        )


def _profile(world: World, draft: Draft, number: int) -> Firm:
    officer = world.actor(_OFFICER)
    identifier = f"02000{number:05d}" if draft.left_bank else f"1003600{number * 7919 % 10**6:06d}"
    provider = profiles.add_provider(
        world.session,
        actor=officer,
        profile=Profile(
            name=draft.name,
            legal_name=draft.name,
            identifier=identifier,
            jurisdiction=Jurisdiction.LEFT_BANK if draft.left_bank else Jurisdiction.RIGHT_BANK,
            description="",
            email=f"contact@{draft.key}.example",
            phone=f"+373 600 {number:02d} 000",
        ),
        now=world.now,
    )
    firm = world.firms[draft.key] = Firm(draft.key, provider)
    for unit in (draft.unit, *draft.also):
        firm.sites.append(
            profiles.add_site(
                world.session,
                provider,
                actor=officer,
                place=_place(world, draft, unit),
                now=world.now,
            )
        )
    return firm


def _place(world: World, draft: Draft, unit: str) -> Place:
    access = [AccessNeed.STEP_FREE] if world.rng.random() < 0.6 else []
    if Locale.EN in draft.languages:
        access.append(AccessNeed.INTERPRETER)
    seat = places.locality(unit)
    return Place(
        name="Casa" if draft.confidential else f"Sediul {seat}",
        territorial_unit=unit,
        locality=seat,
        address=places.address(world.rng),
        confidential=draft.confidential,
        access_features=access,
    )


def _people(world: World, firm: Firm, draft: Draft) -> None:
    if draft.key == "speranta":
        for name, whole, role in _STAFF:
            _person(world, firm, f"{name}.speranta", whole, (role,), shown=role)
        firm.reception, firm.coordinator = "rita.speranta", "cora.speranta"
        firm.bookkeeper, firm.manager = "boris.speranta", "magda.speranta"
        return
    key = f"manager.{draft.key}"
    russian = draft.languages == (Locale.RU,)
    person = draw(world.rng, female=world.rng.random() < 0.6, russian=russian)
    roles = tuple(role for _key, _name, role in _STAFF)
    shown = Role.PROVIDER_MANAGER if draft.key == _AT_STRIPE else None
    _person(world, firm, key, person.whole, roles, shown=shown)
    firm.reception = firm.coordinator = firm.bookkeeper = firm.manager = key
    if draft.key == "dacia":
        firm.reception = "dana.dacia"
        desk = Role.PROVIDER_RECEPTION
        _person(world, firm, "dana.dacia", "Dana Țîbuleac", (desk,), shown=desk)


def _person(
    world: World,
    firm: Firm,
    key: str,
    name: str,
    roles: tuple[Role, ...],
    *,
    shown: Role | None = None,
) -> None:
    """Open an account, whose password stands beside the `shown` role in the file of sign-ins."""
    password, email = new_password(), f"{key}@demo.example"
    world.users[key] = create_user(
        world.session,
        actor=OPERATOR,
        email=email,
        name=name,
        password=password,
        organisation=firm.provider.organisation,
        roles=roles,
        must_change_password=False,
        now=world.now,
    )
    if shown:
        secret = enrol(world.session, world.users[key], now=world.now)
        world.logins.append(Login(shown, email, password, secret))


def _documents(world: World, firm: Firm, draft: Draft) -> None:
    law = firm.provider.jurisdiction
    needed = {
        kind
        for good in draft.goods.split()
        for kind in needed_documents(SHORT[good], law, world.day)
    }
    for kind in sorted(needed):
        ends: date | None = world.today + timedelta(days=draft.documents_end_in + len(kind) * 11)
        if draft.documents_end_in < 100:
            ends = world.today + timedelta(days=draft.documents_end_in)
        if kind is DocumentKind.REGISTRATION and draft.documents_end_in >= 100:
            ends = None
        document = documents.add_document(
            world.session,
            actor=world.actor(_OFFICER),
            provider=firm.provider,
            kind=kind,
            reference=f"{kind[:3].upper()}-{world.rng.randrange(1000, 9999)}",
            issued_on=world.ago(600 + world.rng.randrange(300)),
            expires_on=ends,
            now=world.now,
        )
        if kind is DocumentKind.REGISTRATION and len(world.firms) % 3 == 0:
            Papers(world).certificate(document, world.actor(_OFFICER), firm.provider.legal_name)


def _accounts(world: World, firm: Firm, draft: Draft, number: int) -> None:
    if draft.state in ("draft", "submitted", "rejected", "withdrawn"):
        return
    bank = "TI" if draft.left_bank else _BANKS[number % len(_BANKS)]
    account = payees.propose(
        world.session,
        actor=world.actor(firm.manager),
        provider=firm.provider,
        currency="MDL",
        iban=make_iban(f"{bank}00002251{number:010d}"),
        holder=draft.name,
        now=world.now,
        final_account=f"2212{number:08d}" if draft.left_bank else "",
        final_code=firm.provider.identifier if draft.left_bank else "",
        final_name=draft.name if draft.left_bank else "",
    )
    payees.approve(world.session, account, actor=world.actor("alina.croitoru"), now=world.now)
    if draft.euro == "stripe":
        open_account(world, firm)
    elif draft.euro == "bank":
        _in_another_country(world, firm, draft)


def account_moves(world: World) -> Story:
    """Let one provider change where it is paid: its new account still waits for its first day."""
    yield at(world.ago(1), 15)
    account = propose_elsewhere(world, world.firms["briceni"], "VI000022510009876543")
    yield at(world.ago(1), 17)
    approve_account(world, account)


def propose_elsewhere(world: World, firm: Firm, number: str) -> PayeeAccount:
    """Let a provider ask to be paid in lei at another account, with the letter of the bank."""
    account = payees.propose(
        world.session,
        actor=world.actor(firm.manager),
        provider=firm.provider,
        currency="MDL",
        iban=make_iban(number),
        holder=firm.provider.legal_name,
        now=world.now,
    )
    Papers(world).bank_letter(account, world.actor(firm.manager))
    return account


def approve_account(world: World, account: PayeeAccount) -> None:
    """Let the approver agree to an account."""
    payees.approve(world.session, account, actor=world.actor("alina.croitoru"), now=world.now)


def _in_another_country(world: World, firm: Firm, draft: Draft) -> None:
    """Have it approved that a provider is paid in euro at a bank that SEPA reaches."""
    account = payees.propose(
        world.session,
        actor=world.actor(firm.manager),
        provider=firm.provider,
        currency="EUR",
        iban=make_iban("EXMP1B31007593840000", "RO"),
        holder=draft.name,
        now=world.now,
        final_account="",
    )
    payees.approve(world.session, account, actor=world.actor("alina.croitoru"), now=world.now)


def make_iban(account: str, country: str = "MD") -> str:
    """Return the number of a bank code and an account, with its check digits."""
    number = int("".join(str(int(sign, 36)) for sign in f"{account}{country}00"))
    return f"{country}{98 - number % 97:02d}{account}"


def _offerings(world: World, firm: Firm, draft: Draft) -> None:
    for site in firm.sites:
        for good in draft.goods.split():
            for currency in ("MDL", "EUR") if draft.euro else ("MDL",):
                terms = _terms(world, draft, SHORT[good], currency)
                offering = profiles.draft_offering(
                    world.session, site, actor=world.actor(firm.manager), terms=terms, now=world.now
                )
                firm.offerings.append(offering)
                if draft.state in ("approved", "suspended", "expired"):
                    _approve(world, firm, offering, draft)


def _terms(world: World, draft: Draft, category: ServiceCategory, currency: str) -> Terms:
    ware = WARES[category]
    usual = ware.price(currency).minor
    step = 500 if currency == "MDL" else 50
    # A chance of its own leaves what all others draw as it is without this offering.
    rng = Random(draft.key) if (currency, draft.euro) == ("EUR", "bank") else world.rng  # noqa: S311
    price = max(usual * rng.randrange(88, 117) // 100 // step * step, step)
    name = ware.ru if draft.languages == (Locale.RU,) else ware.ro
    return Terms(
        name=name if currency == "MDL" else f"{name} (EUR)",
        category=category,
        unit=unit_of(category),
        price=Money(usual if is_value(category) else price, currency),
        languages=tuple(one.value for one in draft.languages),
        sex_policy=draft.sex,
        accepts_children=category in _WITH_CHILDREN,
        capacity=60 if category == ServiceCategory.SHELTER else None,
        lead_days=rng.choice((0, 0, 1, 3, 5)),
    )


_WITH_CHILDREN = frozenset(
    {
        ServiceCategory.SHELTER,
        ServiceCategory.CHILDCARE,
        ServiceCategory.TRANSPORT,
        ServiceCategory.FAMILY_MEDIATION,
        ServiceCategory.RENTED_HOUSING,
    }
)


def _approve(world: World, firm: Firm, offering: Offering, draft: Draft) -> None:
    session, now = world.session, world.now
    ends = world.ago(20) if draft.state == "expired" else world.today + timedelta(days=500)
    vetting.submit(session, offering, actor=world.actor(firm.manager), now=now)
    checked = now + timedelta(days=2)
    looked_at = _everything(offering, checked)
    vetting.assess(session, offering, actor=world.actor(_OFFICER), now=checked, looked_at=looked_at)
    vetting.approve(
        session, offering, actor=world.actor(_SECOND), until=ends, now=now + timedelta(days=3)
    )


def _everything(offering: Offering, now: datetime) -> list[str]:
    """Return every line of the checklist: an officer of the demo leaves none out."""
    found = checklist_of(offering.provider.jurisdiction, local_day(now))
    return [line[Locale.RO] for line in found.lines]


def vetting_of_late(world: World) -> Story:
    """Let the last weeks' applications come to where they stand now, and one provider stop."""
    yield at(world.ago(24), 9)
    applying = {
        draft.state: (world.firms[draft.key], world.firms[draft.key].offerings[0])
        for draft in FIRMS
        if draft.state in _APPLYING
    }
    officer, session = world.actor(_OFFICER), world.session
    for state in _APPLYING:
        firm, offering = applying[state]
        vetting.submit(session, offering, actor=world.actor(firm.manager), now=world.now)
    yield at(world.ago(19), 11)
    for state, move, reason in (
        (
            "info_requested",
            "request_info",
            "Vă rugăm să trimiteți actul de la pompieri pentru etajul doi.",
        ),
        ("rejected", "reject", "Cursul nu are program de studii aprobat."),
    ):
        offering = applying[state][1]
        vetting.move(session, offering, move, actor=officer, now=world.now, reason=reason)
    pending = applying["pending_approval"][1]
    looked_at = _everything(pending, world.now)
    vetting.assess(session, pending, actor=officer, now=world.now, looked_at=looked_at)
    firm, offering = applying["withdrawn"]
    vetting.move(session, offering, "withdraw", actor=world.actor(firm.manager), now=world.now)
    yield at(world.ago(4), 15)
    for offering in world.firms["taxi-nord"].offerings:
        if offering.state == OfferingState.APPROVED:
            vetting.suspend(
                session,
                offering,
                actor=officer,
                now=world.now,
                reason="O plângere despre un șofer: se verifică.",
            )


_APPLYING = ("submitted", "info_requested", "pending_approval", "rejected", "withdrawn")


def serves(offering: Offering, *, sex: str, dependants: int) -> bool:
    """Whether an offering takes a person at all."""
    return offering.sex_policy in (SexPolicy.ANY, sex) and (
        not dependants or offering.accepts_children or offering.category not in _WITH_CHILDREN
    )


__all__ = ["Provider", "Site", "make_iban", "make_providers", "serves", "vetting_of_late"]
