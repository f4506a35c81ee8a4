"""Checked rows into the directory: the same file twice changes nothing the second time."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from providers.directory.models import Offering, Provider, Site
from providers.directory.permissions import ProviderPermission
from providers.directory.services import profiles
from providers.directory.services.profiles import EDITABLE, Place, Profile, Terms
from providers.directory.states import Jurisdiction, OfferingState
from providers.vetting.services import vetting
from providers.vetting.services.imports.rows import ImportRow, check, from_json
from reintegration.codelists.people import SexPolicy
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel import permissions
from reintegration.kernel.actor import Actor
from reintegration.kernel.alike import alike
from reintegration.kernel.errors import N_
from reintegration.kernel.tasks import Progress, told_of, untold
from reintegration.kernel.text import plain
from reintegration.web import table_reading
from reintegration.web.table_cells import CellError, Checked

WRITING = N_("Writing the rows into the directory")


@dataclass(slots=True)
class Summary:
    """What an import did; `kept` are offerings under check or approved that it left as they are."""

    providers_added: int = 0
    sites_added: int = 0
    offerings_added: int = 0
    offerings_changed: int = 0
    unchanged: int = 0
    kept: int = 0

    def as_json(self) -> dict[str, int]:
        """Return the figures as a task keeps them."""
        return asdict(self)


def examine(content: bytes, *, encoding: str | None = None) -> Checked[ImportRow]:
    """Return what a file holds; raise Invalid when it is no table at all."""
    return check(table_reading.read(content, encoding))


def compared(session: Session, checked: Checked[ImportRow]) -> Checked[ImportRow]:
    """Return what was checked, without rows whose number belongs to a provider of another name."""
    numbers = {row.identifier for row in checked.rows}
    found = session.scalars(select(Provider).where(Provider.identifier.in_(numbers)))
    names = {provider.identifier: provider.name for provider in found}
    others = [one for one in checked.rows if _is_another(names.get(one.identifier), one)]
    errors = tuple(_named_otherwise(one, names[one.identifier]) for one in others)
    rows = tuple(one for one in checked.rows if one not in others)
    return replace(checked, rows=rows, errors=(*checked.errors, *errors))


def _is_another(name: str | None, row: ImportRow) -> bool:
    return name is not None and plain(name) != plain(row.organisation)


def _named_otherwise(row: ImportRow, name: str) -> CellError:
    sentence = N_("The number %(number)s belongs to “%(name)s”; this row says “%(other)s”.")
    params = {"number": row.identifier, "name": name, "other": row.organisation}
    return CellError(row.row, "organisation", sentence, params, row.organisation)


def write(
    session: Session,
    *,
    actor: Actor,
    rows: Sequence[ImportRow],
    now: datetime,
    progress: Progress = untold,
) -> Summary:
    """Write rows; new offerings are submitted, none is approved by being imported."""
    permissions.demand(actor, ProviderPermission.IMPORT)
    summary = Summary()
    for row in told_of(rows, len(rows), progress, WRITING):
        provider = _provider(session, row, summary, actor=actor, now=now)
        site = _site(session, provider, row, summary, actor=actor, now=now)
        _offering(session, site, row, summary, actor=actor, now=now)
    return summary


def rows_from(kept: Sequence[dict[str, Any]]) -> list[ImportRow]:
    """Return the rows that an earlier check kept."""
    return [from_json(row) for row in kept]


def _provider(
    session: Session, row: ImportRow, summary: Summary, *, actor: Actor, now: datetime
) -> Provider:
    provider = session.scalar(select(Provider).where(Provider.identifier == row.identifier))
    if provider is None:
        summary.providers_added += 1
        profile = Profile(
            name=row.organisation,
            legal_name=row.organisation,
            identifier=row.identifier,
            jurisdiction=Jurisdiction(row.jurisdiction),
            email=row.email,
            phone=row.phone,
        )
        return profiles.add_provider(session, actor=actor, profile=profile, now=now)
    before = alike(Profile, provider)
    profile = replace(
        before,
        jurisdiction=Jurisdiction(row.jurisdiction),
        email=row.email or before.email,
        phone=row.phone or before.phone,
    )
    if profile != before:
        profiles.edit_profile(session, provider, actor=actor, profile=profile, now=now)
    return provider


def _site(
    session: Session,
    provider: Provider,
    row: ImportRow,
    summary: Summary,
    *,
    actor: Actor,
    now: datetime,
) -> Site:
    site = session.scalar(
        select(Site)
        .where(Site.provider_id == provider.id, Site.name == row.site)
        .options(joinedload(Site.place))
    )
    if site is None:
        summary.sites_added += 1
        place = Place(row.site, row.territorial_unit, row.locality, row.address, row.confidential)
        return profiles.add_site(session, provider, actor=actor, place=place, now=now)
    before = profiles.place_of(site)
    place = replace(
        before,
        territorial_unit=row.territorial_unit,
        locality=row.locality or before.locality,
        address=row.address or before.address,
        # A file that forgets the mark must not open a hidden place.
        confidential=row.confidential or before.confidential,
    )
    if place != before:
        profiles.edit_site(session, site, actor=actor, place=place, now=now)
    return site


def _offering(
    session: Session, site: Site, row: ImportRow, summary: Summary, *, actor: Actor, now: datetime
) -> None:
    offering = session.scalar(
        select(Offering).where(
            Offering.site_id == site.id,
            Offering.category == row.category,
            Offering.name == row.service,
        )
    )
    if offering is None:
        summary.offerings_added += 1
        terms = _terms(row, lead_days=0)
        offering = profiles.draft_offering(session, site, actor=actor, terms=terms, now=now)
        vetting.submit(session, offering, actor=actor, now=now)
        return
    terms = _terms(row, lead_days=offering.lead_days)
    if alike(Terms, offering, languages=tuple(offering.languages)) == terms:
        summary.unchanged += 1
    elif offering.state in EDITABLE:
        summary.offerings_changed += 1
        profiles.edit_offering(session, offering, actor=actor, terms=terms, now=now)
        if offering.state != OfferingState.INFO_REQUESTED:
            vetting.submit(session, offering, actor=actor, now=now)
    else:
        summary.kept += 1


def _terms(row: ImportRow, *, lead_days: int) -> Terms:
    return alike(
        Terms,
        row,
        name=row.service,
        category=ServiceCategory(row.category),
        unit=Unit(row.unit),
        languages=tuple(sorted(row.languages)),
        sex_policy=SexPolicy(row.sex_policy),
        lead_days=lead_days,
    )
