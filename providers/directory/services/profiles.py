"""A provider's own face: who it is, where it works, what it offers and for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from providers.directory.models import Offering, Provider, Site, SitePlace
from providers.directory.permissions import ProviderPermission
from providers.directory.states import Jurisdiction, OfferingState
from reintegration.accounts.models import Organisation
from reintegration.accounts.states import OrganisationKind
from reintegration.codelists.people import AccessNeed, SexPolicy
from reintegration.codelists.service_categories import ServiceCategory, refuse_out_of_use
from reintegration.codelists.spoken_languages import refuse_unused
from reintegration.codelists.units import Unit
from reintegration.kernel import audit, permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.clock import local_day
from reintegration.kernel.errors import N_, Conflict, Invalid
from reintegration.kernel.ids import new_id
from reintegration.kernel.locking import lock
from reintegration.kernel.money import Money
from reintegration.kernel.signing import unsign, with_writers

EDITABLE = frozenset(
    {
        OfferingState.DRAFT,
        OfferingState.INFO_REQUESTED,
        OfferingState.REJECTED,
        OfferingState.EXPIRED,
        OfferingState.WITHDRAWN,
    }
)
"""In the other states an officer has seen, or is looking at, what would change under their eyes."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a provider says of itself."""

    name: str
    legal_name: str
    identifier: str
    jurisdiction: Jurisdiction
    description: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """One site."""

    name: str
    territorial_unit: str
    locality: str = ""
    address: str = ""
    confidential: bool = False
    access_features: Sequence[AccessNeed] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """What is offered, for how much and for whom; ages in full years, both inclusive."""

    name: str
    category: ServiceCategory
    unit: Unit
    price: Money
    languages: Sequence[str]
    sex_policy: SexPolicy = SexPolicy.ANY
    min_age: int = 0
    max_age: int = 120
    accepts_children: bool = False
    capacity: int | None = None
    lead_days: int = 0


def add_provider(session: Session, *, actor: Actor, profile: Profile, now: datetime) -> Provider:
    """Add a provider with its organisation; raise Conflict when its identifier is known."""
    permissions.demand(actor, ProviderPermission.IMPORT)
    _check_identifier(session, profile.identifier, None)
    home = Organisation(
        id=new_id(), name=profile.name.strip(), kind=OrganisationKind.PROVIDER, created_at=now
    )
    session.add(home)
    session.flush()
    provider = Provider(
        id=home.id,
        legal_name=profile.legal_name.strip() or home.name,
        identifier=profile.identifier.strip(),
        jurisdiction=profile.jurisdiction,
        description=profile.description.strip(),
        email=profile.email.strip(),
        phone=profile.phone.strip(),
        created_at=now,
        updated_at=now,
    )
    session.add(provider)
    session.flush()
    audit.record(
        session, "provider:add", provider, actor=actor, now=now, fields=("name", "identifier")
    )
    return provider


def edit_profile(
    session: Session, provider: Provider, *, actor: Actor, profile: Profile, now: datetime
) -> Provider:
    """Change how a provider can be found and reached."""
    permissions.demand(actor, ProviderPermission.EDIT, provider)
    _check_identifier(session, profile.identifier, provider)
    provider.organisation.name = profile.name.strip()
    provider.legal_name = profile.legal_name.strip()
    provider.identifier = profile.identifier.strip()
    provider.jurisdiction = profile.jurisdiction
    provider.description = profile.description.strip()
    provider.email, provider.phone = profile.email.strip(), profile.phone.strip()
    provider.updated_at = now
    session.flush()
    audit.record(
        session,
        "provider:edit",
        provider,
        actor=actor,
        now=now,
        fields=("name", "identifier", "contact"),
    )
    return provider


def add_site(
    session: Session, provider: Provider, *, actor: Actor, place: Place, now: datetime
) -> Site:
    """Add a site; raise Conflict when the provider has one of that name."""
    permissions.demand(actor, ProviderPermission.EDIT, provider)
    _check_site_name(session, provider, place.name, None)
    site = Site(id=new_id(), provider_id=provider.id)
    _set_place(site, place)
    session.add(site)
    session.flush()
    audit.record(
        session, "site:add", site, actor=actor, now=now, fields=("name", "place", "confidential")
    )
    return site


def edit_site(session: Session, site: Site, *, actor: Actor, place: Place, now: datetime) -> Site:
    """Change a site."""
    permissions.demand(actor, ProviderPermission.EDIT, site)
    _check_site_name(session, site.provider, place.name, site)
    _set_place(site, place)
    session.flush()
    audit.record(
        session, "site:edit", site, actor=actor, now=now, fields=("name", "place", "confidential")
    )
    return site


def draft_offering(
    session: Session, site: Site, *, actor: Actor, terms: Terms, now: datetime
) -> Offering:
    """Add an offering as a draft; raise Conflict when the site has the same one."""
    permissions.demand(actor, ProviderPermission.EDIT, site)
    _check_offering_name(session, site, terms, None)
    refuse_out_of_use(terms.category, local_day(now))
    offering = Offering(
        id=new_id(),
        provider_id=site.provider_id,
        site_id=site.id,
        state=OfferingState.DRAFT,
        created_at=now,
        updated_at=now,
    )
    _set_terms(offering, terms, now)
    _written(offering, actor)
    session.add(offering)
    session.flush()
    audit.record(session, "offering:draft", offering, actor=actor, now=now, fields=("terms",))
    return offering


def edit_offering(
    session: Session, offering: Offering, *, actor: Actor, terms: Terms, now: datetime
) -> Offering:
    """Change what is offered, while nobody relies on it; raise Conflict otherwise.

    Whoever writes does not check it, and what was said of other terms no longer counts.
    """
    permissions.demand(actor, ProviderPermission.EDIT, offering)
    lock(session, offering)
    if offering.state not in EDITABLE:
        raise Conflict(
            N_("What is checked or approved cannot change. Add a new service for other terms."),
            code="not_editable",
        )
    _check_offering_name(session, offering.site, terms, offering)
    if terms.category != offering.category:
        refuse_out_of_use(terms.category, local_day(now))
    _set_terms(offering, terms, now)
    unsign(offering, "assessed_by")
    unsign(offering, "approved_by")
    _written(offering, actor)
    offering.updated_at = now
    session.flush()
    audit.record(session, "offering:edit", offering, actor=actor, now=now, fields=("terms",))
    return offering


def set_capacity(
    session: Session,
    offering: Offering,
    *,
    actor: Actor,
    capacity: int | None,
    lead_days: int,
    now: datetime,
) -> Offering:
    """Say how many places there are (None: nobody counts them) and how soon one can begin."""
    permissions.demand(actor, ProviderPermission.EDIT, offering)
    lock(session, offering)
    if capacity is not None and capacity < offering.places_taken:
        raise Invalid(
            N_("%(taken)s places are taken now: there cannot be fewer."),
            code="capacity",
            field="capacity",
            taken=offering.places_taken,
        )
    offering.capacity, offering.lead_days, offering.updated_at = capacity, lead_days, now
    session.flush()
    audit.record(
        session,
        "offering:set_capacity",
        offering,
        actor=actor,
        now=now,
        fields=("capacity", "lead_days"),
    )
    return offering


def place_of(site: Site) -> Place:
    """Return a site as it is now, for those who may edit it: they see where it is."""
    where = site.place
    assert where is not None
    return Place(
        site.name,
        where.territorial_unit,
        where.locality,
        where.address,
        site.confidential,
        tuple(site.access_features),
    )


def _set_place(site: Site, place: Place) -> None:
    site.name, site.confidential = place.name.strip(), place.confidential
    site.access_features = sorted(set(place.access_features))
    where = site.place = site.place or SitePlace()
    where.territorial_unit = place.territorial_unit
    where.locality, where.address = place.locality.strip(), place.address.strip()


def _written(offering: Offering, actor: Actor) -> None:
    offering.written_by = with_writers(offering.written_by, actor)


def _set_terms(offering: Offering, terms: Terms, now: datetime) -> None:
    if terms.max_age < terms.min_age:
        raise Invalid(N_("The highest age is below the lowest."), code="max_age", field="max_age")
    if terms.price.minor <= 0:
        raise Invalid(N_("Enter a price above zero."), code="price", field="price")
    refuse_unused(
        terms.languages, day=local_day(now), field="languages", kept=offering.languages or ()
    )
    offering.name, offering.category = terms.name.strip(), terms.category
    offering.unit = terms.unit
    offering.currency, offering.price = terms.price.currency, terms.price
    offering.languages = sorted(set(terms.languages))
    offering.sex_policy = terms.sex_policy
    offering.min_age, offering.max_age = terms.min_age, terms.max_age
    offering.accepts_children = terms.accepts_children
    offering.capacity, offering.lead_days = terms.capacity, terms.lead_days


def _check_identifier(session: Session, identifier: str, own: Provider | None) -> None:
    found = session.scalar(select(Provider.id).where(Provider.identifier == identifier.strip()))
    if found is not None and (own is None or found != own.id):
        raise Conflict(
            N_("There is already a provider with this number."),
            code="identifier",
            field="identifier",
        )


def _check_site_name(session: Session, provider: Provider, name: str, own: Site | None) -> None:
    found = session.scalar(
        select(Site.id).where(Site.provider_id == provider.id, Site.name == name.strip())
    )
    if found is not None and (own is None or found != own.id):
        raise Conflict(N_("There is already a site with this name."), code="name", field="name")


def _check_offering_name(session: Session, site: Site, terms: Terms, own: Offering | None) -> None:
    found = session.scalar(
        select(Offering.id).where(
            Offering.site_id == site.id,
            Offering.category == terms.category,
            Offering.name == terms.name.strip(),
        )
    )
    if found is not None and (own is None or found != own.id):
        raise Conflict(
            N_("This site already offers a service of this name."), code="name", field="name"
        )
