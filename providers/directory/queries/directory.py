"""Reading the directory. A confidential site is nowhere in it: not in a filter, not in a count."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, func, select, union_all
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from providers.directory.models import Offering, Provider, Site, SitePlace
from providers.directory.permissions import ProviderPermission
from providers.directory.states import OfferingState
from reintegration.accounts.models import Organisation
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.errors import NotFound, or_404
from reintegration.kernel.ports import Port
from reintegration.kernel.search import has_words, is_called
from reintegration.web.paging import Page, page_of

sites_revealed_to = Port[[Session, Actor], frozenset[UUID]](
    "which confidential sites accepted somebody of the actor's caseload"
)


@dataclass(frozen=True, slots=True)
class DirectoryFilter:
    """What a person looks for; empty strings mean any."""

    search: str = ""
    category: str = ""
    unit: str = ""
    state: str = ""


def how_many(session: Session) -> int:
    """Return how many providers stand in the directory: none of them is confidential."""
    return session.scalar(select(func.count()).select_from(Provider)) or 0


def providers_page(
    session: Session, actor: Actor, sought: DirectoryFilter, *, cursor: str | None
) -> Page[Provider]:
    """Return a page of providers by name, with sites and offerings, in three queries."""
    statement = (
        select(Provider)
        .join(Provider.organisation)
        .options(
            contains_eager(Provider.organisation),
            selectinload(Provider.sites).joinedload(Site.place),
            selectinload(Provider.offerings),
        )
    )
    if sought.search.strip():
        statement = statement.where(Provider.id.in_(_called(actor, sought.search)))
    if sought.category or sought.state:
        offered = select(Offering.provider_id)
        if sought.category:
            offered = offered.where(Offering.category == sought.category)
        if sought.state:
            offered = offered.where(Offering.state == sought.state)
        statement = statement.where(Provider.id.in_(offered))
    if sought.unit:
        here = _places_known_to(actor).join(Site.place)
        here = here.where(SitePlace.territorial_unit == sought.unit)
        statement = statement.where(Provider.id.in_(here))
    return page_of(
        session,
        statement,
        keys=(Organisation.name, Provider.id),
        cursor=cursor,
        key_of=lambda provider: (provider.name, provider.id),
        ascending=True,
    )


def _called(actor: Actor, said: str) -> CompoundSelect[UUID]:
    """Return the providers that have the words in a name: their own, of a site, of a service."""
    return union_all(
        select(Organisation.id).where(has_words(said, Organisation.name)),
        select(Provider.id).where(has_words(said, Provider.legal_name, Provider.identifier)),
        _places_known_to(actor).where(is_called(Site, said)),
        select(Offering.provider_id).where(has_words(said, Offering.name)),
    )


def _places_known_to(actor: Actor) -> Select[UUID]:
    """Return the providers of the sites that are open, or that the actor may know."""
    may_know = permissions.where(actor, Site, ProviderPermission.READ_PLACE)
    return select(Site.provider_id).where(Site.confidential.is_(False) | may_know)


def provider_or_404(session: Session, provider_id: UUID) -> Provider:
    """Return a provider with its sites, offerings and documents, or raise NotFound."""
    return or_404(
        session.scalar(
            select(Provider)
            .where(Provider.id == provider_id)
            .options(
                selectinload(Provider.sites).joinedload(Site.place),
                selectinload(Provider.offerings),
                selectinload(Provider.documents),
            )
        )
    )


def own_provider_or_404(session: Session, actor: Actor) -> Provider:
    """Return the provider for which the actor works, or raise NotFound."""
    if actor.organisation_id is None:
        raise NotFound
    return provider_or_404(session, actor.organisation_id)


def own_site_or_404(session: Session, actor: Actor, site_id: UUID) -> Site:
    """Return a site that the actor may edit; a foreign one raises NotFound."""
    site = session.get(Site, site_id, options=[joinedload(Site.place)])
    if site is None or not permissions.permits(actor, ProviderPermission.EDIT, site):
        raise NotFound
    return site


def own_offering_or_404(session: Session, actor: Actor, offering_id: UUID) -> Offering:
    """Return an offering that the actor may edit; a foreign one raises NotFound."""
    offering = session.get(Offering, offering_id)
    if offering is None or not permissions.permits(actor, ProviderPermission.EDIT, offering):
        raise NotFound
    return offering


@dataclass(frozen=True, slots=True)
class VisiblePlace:
    """A site as far as the reader may know it: a hidden one has a name and nothing else."""

    site_id: UUID
    name: str
    confidential: bool
    hidden: bool
    territorial_unit: str = ""
    locality: str = ""
    address: str = ""
    access_features: Sequence[str] = ()


def places(session: Session, actor: Actor, provider: Provider) -> list[VisiblePlace]:
    """Return a provider's sites as the actor may see them."""
    return places_of(session, actor, [provider])[provider.id]


def places_of(
    session: Session, actor: Actor, providers: Sequence[Provider]
) -> dict[UUID, list[VisiblePlace]]:
    """Return the sites of providers as the actor may see them, in one query more."""
    revealed = sites_revealed_to(session, actor)
    found = {}
    for provider in providers:
        open_all = permissions.permits(actor, ProviderPermission.READ_PLACE, provider)
        found[provider.id] = [
            _place(site, open_all or site.id in revealed) for site in provider.sites
        ]
    return found


def _place(site: Site, revealed: bool) -> VisiblePlace:
    place = site.place
    if place is None or (site.confidential and not revealed):
        return VisiblePlace(site.id, site.name, site.confidential, hidden=True)
    return VisiblePlace(
        site.id,
        site.name,
        site.confidential,
        hidden=False,
        territorial_unit=place.territorial_unit,
        locality=place.locality,
        address=place.address,
        access_features=tuple(site.access_features),
    )


def approved_categories(provider: Provider) -> list[str]:
    """Return the categories in which a provider has an approved offering, in a stable order."""
    return sorted({o.category for o in provider.offerings if o.state == OfferingState.APPROVED})
