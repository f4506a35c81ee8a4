"""Editing a provider: by its own manager on the provider's pages, by an officer on staff pages."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from providers.directory.forms import CapacityForm, OfferingForm, ProfileForm, SiteForm
from providers.directory.models import Offering, Provider, Site
from providers.directory.permissions import ProviderPermission
from providers.directory.queries import directory as reading
from providers.directory.services import profiles
from providers.directory.views.blueprint import directory_bp as bp
from providers.directory.views.directory import load_provider, profile_context
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.kernel.db import session
from reintegration.kernel.errors import DomainError
from reintegration.web import slots
from reintegration.web.current import acting, current_actor
from reintegration.web.forms import Form
from reintegration.web.once import Next
from reintegration.web.requires import can
from reintegration.web.submit import Ask, Asking

_EDIT = ProviderPermission.EDIT


def load_editable(provider_id: UUID) -> Provider:
    """Return a provider; its own manager's or, for an officer, any. Others raise NotFound."""
    provider = load_provider(provider_id)
    if current_actor().is_provider and provider.id != current_actor().organisation_id:
        return reading.provider_or_404(session(), UUID(int=0))
    return provider


def load_site(site_id: UUID) -> Site:
    """Return a site that the actor may edit."""
    return reading.own_site_or_404(session(), current_actor(), site_id)


def load_offering(offering_id: UUID) -> Offering:
    """Return an offering that the actor may edit."""
    return reading.own_offering_or_404(session(), current_actor(), offering_id)


@bp.page("/mine", ProviderPermission.VIEW_OWN)
def mine() -> ResponseReturnValue:
    """Show a provider's manager their own profile."""
    provider = reading.own_provider_or_404(session(), current_actor())
    return render_template(
        "providers/directory/mine.html",
        **profile_context(provider),
        editable=profiles.EDITABLE,
        moves=dict(slots.collect("offering.moves", provider=provider, actor=current_actor())),
    )


@bp.form("/new", ProviderPermission.IMPORT)
def new() -> Asking:
    """Add a provider that is not in the directory yet."""
    form = ProfileForm()
    yield Ask(lambda: form_page(form, _("Add a provider"), url_for(".index")), form)
    provider = profiles.add_provider(session(), profile=form.value(), **acting())
    said = _("The provider is added. Add where it works next.")
    return Next(url_for(".show", provider_id=provider.id), said)


@bp.form("/<uuid:provider_id>/edit", _EDIT, load=load_editable)
def edit(provider: Provider) -> Asking:
    """Change a profile."""
    form = ProfileForm(obj=provider)
    yield _change(form, provider.name, provider.id)
    profiles.edit_profile(session(), provider, profile=form.value(), **acting())
    return _saved(provider.id)


@bp.form("/<uuid:provider_id>/sites/new", _EDIT, load=load_editable)
def site_new(provider: Provider) -> Asking:
    """Add a site."""
    form = SiteForm()
    yield _ask(form, _("Add a site"), provider.id)
    profiles.add_site(session(), provider, place=form.value(), **acting())
    return _saved(provider.id)


@bp.form("/sites/<uuid:site_id>/edit", _EDIT, load=load_site)
def site_edit(site: Site) -> Asking:
    """Change a site."""
    form = SiteForm(obj=profiles.place_of(site))
    yield _change(form, site.name, site.provider_id)
    profiles.edit_site(session(), site, place=form.value(), **acting())
    return _saved(site.provider_id)


@bp.form("/sites/<uuid:site_id>/offerings/new", _EDIT, load=load_site)
def offering_new(site: Site) -> Asking:
    """Write one more service at a site, as a draft."""
    form = OfferingForm()
    yield _ask(form, _("Add a service"), site.provider_id)
    profiles.draft_offering(session(), site, terms=form.value(), **acting())
    return _saved(site.provider_id)


@bp.form("/offerings/<uuid:offering_id>/edit", _EDIT, load=load_offering)
def offering_edit(offering: Offering) -> Asking:
    """Change a service that nobody relies on yet."""
    form = OfferingForm(obj=offering, spoken=offering.languages)
    form.keep(offering.category)
    yield _change(form, offering.name, offering.provider_id)
    profiles.edit_offering(session(), offering, terms=form.value(), **acting())
    return _saved(offering.provider_id)


@bp.form("/offerings/<uuid:offering_id>/capacity", _EDIT, load=load_offering)
def capacity(offering: Offering) -> Asking:
    """Change how many places there are, and the first free day."""
    form = CapacityForm(obj=offering)
    yield _ask(form, _("Places: %(name)s", name=offering.name), offering.provider_id)
    places, lead_days = form.capacity.data, form.lead_days.data or 0
    profiles.set_capacity(session(), offering, capacity=places, lead_days=lead_days, **acting())
    return _saved(offering.provider_id)


def home_url(provider_id: UUID) -> str:
    """Return the page of a provider that the present person sees; nothing where they see none."""
    if current_actor().is_provider:
        return url_for("providers.mine")
    if not can(ProviderPermission.VIEW):
        return ""
    return url_for("providers.show", provider_id=provider_id)


def layout() -> str:
    """Return the layout for whoever looks: providers have pages of their own plane."""
    return "layout/provider.html" if current_actor().is_provider else "layout/staff.html"


def edit_page(offering: Offering, error: DomainError | None = None) -> str:
    """Return the page on which a service is changed; `error` is why it must be."""
    form = OfferingForm(formdata=None, obj=offering, spoken=offering.languages)
    form.keep(offering.category)
    if error is not None:
        form.refuse(error)
    title, back_url = _("Change %(name)s", name=offering.name), home_url(offering.provider_id)
    action = url_for("providers.offering_edit", offering_id=offering.id)
    return form_page(form, title, back_url, action=action)


def form_page(form: Form, title: str, back_url: str, *, button: str = "", action: str = "") -> str:
    """Return the page of one form about a provider, in the layout of whoever looks."""
    return render_template(
        "providers/directory/form.html",
        form=form,
        title=title,
        back_url=back_url,
        button=button,
        action=action,
        layout=layout(),
        territory=TERRITORIAL_UNITS,
    )


def _ask(form: Form, title: str, provider_id: UUID) -> Ask:
    return Ask(lambda: form_page(form, title, home_url(provider_id)), form)


def _change(form: Form, name: str, provider_id: UUID) -> Ask:
    return _ask(form, _("Change %(name)s", name=name), provider_id)


def _saved(provider_id: UUID) -> Next:
    return Next(home_url(provider_id), _("It is saved."))
