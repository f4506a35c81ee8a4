"""Editing a provider: by its own manager on the provider's pages, by an officer on staff pages."""

from collections.abc import Callable
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
from reintegration.web import slots
from reintegration.web.current import acting, current_actor
from reintegration.web.forms import Form
from reintegration.web.requires import requires
from reintegration.web.submit import submit
from reintegration.web.transactional import transactional

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


@bp.get("/mine")
@requires(ProviderPermission.VIEW_OWN)
def mine() -> ResponseReturnValue:
    """Show a provider's manager their own profile."""
    provider = reading.own_provider_or_404(session(), current_actor())
    return render_template(
        "providers/directory/mine.html",
        **profile_context(provider),
        editable=profiles.EDITABLE,
        moves=dict(slots.collect("offering.moves", provider=provider, actor=current_actor())),
    )


@bp.get("/new")
@requires(ProviderPermission.IMPORT)
def new() -> ResponseReturnValue:
    """Show the form for a provider that is not in the directory yet."""
    return form_page(ProfileForm(), _("Add a provider"), url_for(".new"), url_for(".index"))


@bp.post("/new", endpoint="create")
@requires(ProviderPermission.IMPORT)
@transactional
def create() -> ResponseReturnValue:
    """Add a provider."""
    form = ProfileForm()
    return submit(
        form,
        lambda: profiles.add_provider(session(), profile=form.value(), **acting()),
        again=lambda: form_page(form, _("Add a provider"), url_for(".new"), url_for(".index")),
        said=_("The provider is added. Add where it works next."),
        to=lambda provider: url_for(".show", provider_id=provider.id),
    )


@bp.get("/<uuid:provider_id>/edit")
@requires(_EDIT, load=load_editable)
def edit(provider: Provider) -> ResponseReturnValue:
    """Show the form of a provider's profile."""
    form = ProfileForm(obj=provider)
    return form_page(form, page_title(provider.name), _edit_url(provider), home_url(provider.id))


@bp.post("/<uuid:provider_id>/edit", endpoint="edit_submit")
@requires(_EDIT, load=load_editable)
@transactional
def edit_submit(provider: Provider) -> ResponseReturnValue:
    """Change a profile."""
    form = ProfileForm()
    return _save(
        form,
        lambda: profiles.edit_profile(session(), provider, profile=form.value(), **acting()),
        page_title(provider.name),
        _edit_url(provider),
        provider.id,
    )


@bp.get("/<uuid:provider_id>/sites/new")
@requires(_EDIT, load=load_editable)
def site_new(provider: Provider) -> ResponseReturnValue:
    """Show the form for one more site."""
    url = url_for(".site_new", provider_id=provider.id)
    return form_page(SiteForm(), _("Add a site"), url, home_url(provider.id))


@bp.post("/<uuid:provider_id>/sites/new", endpoint="site_create")
@requires(_EDIT, load=load_editable)
@transactional
def site_create(provider: Provider) -> ResponseReturnValue:
    """Add a site."""
    form = SiteForm()
    return _save(
        form,
        lambda: profiles.add_site(session(), provider, place=form.value(), **acting()),
        _("Add a site"),
        url_for(".site_new", provider_id=provider.id),
        provider.id,
    )


@bp.get("/sites/<uuid:site_id>/edit")
@requires(_EDIT, load=load_site)
def site_edit(site: Site) -> ResponseReturnValue:
    """Show the form of a site."""
    url = url_for(".site_edit", site_id=site.id)
    return form_page(SiteForm(obj=site), page_title(site.name), url, home_url(site.provider_id))


@bp.post("/sites/<uuid:site_id>/edit", endpoint="site_edit_submit")
@requires(_EDIT, load=load_site)
@transactional
def site_edit_submit(site: Site) -> ResponseReturnValue:
    """Change a site."""
    form = SiteForm()
    return _save(
        form,
        lambda: profiles.edit_site(session(), site, place=form.value(), **acting()),
        page_title(site.name),
        url_for(".site_edit", site_id=site.id),
        site.provider_id,
    )


@bp.get("/sites/<uuid:site_id>/offerings/new")
@requires(_EDIT, load=load_site)
def offering_new(site: Site) -> ResponseReturnValue:
    """Show the form for one more service at a site."""
    url = url_for(".offering_new", site_id=site.id)
    return form_page(OfferingForm(), _("Add a service"), url, home_url(site.provider_id))


@bp.post("/sites/<uuid:site_id>/offerings/new", endpoint="offering_create")
@requires(_EDIT, load=load_site)
@transactional
def offering_create(site: Site) -> ResponseReturnValue:
    """Write a service as a draft."""
    form = OfferingForm()
    return _save(
        form,
        lambda: profiles.draft_offering(session(), site, terms=form.value(), **acting()),
        _("Add a service"),
        url_for(".offering_new", site_id=site.id),
        site.provider_id,
    )


@bp.get("/offerings/<uuid:offering_id>/edit")
@requires(_EDIT, load=load_offering)
def offering_edit(offering: Offering) -> ResponseReturnValue:
    """Show the form of a service that nobody relies on yet."""
    form = OfferingForm(obj=offering)
    url = url_for(".offering_edit", offering_id=offering.id)
    return form_page(form, page_title(offering.name), url, home_url(offering.provider_id))


@bp.post("/offerings/<uuid:offering_id>/edit", endpoint="offering_edit_submit")
@requires(_EDIT, load=load_offering)
@transactional
def offering_edit_submit(offering: Offering) -> ResponseReturnValue:
    """Change a service."""
    form = OfferingForm()
    return _save(
        form,
        lambda: profiles.edit_offering(session(), offering, terms=form.value(), **acting()),
        page_title(offering.name),
        url_for(".offering_edit", offering_id=offering.id),
        offering.provider_id,
    )


@bp.get("/offerings/<uuid:offering_id>/capacity")
@requires(_EDIT, load=load_offering)
def capacity(offering: Offering) -> ResponseReturnValue:
    """Show the form for places and the first free day."""
    form = CapacityForm(obj=offering)
    url = url_for(".capacity", offering_id=offering.id)
    return form_page(
        form, _("Places: %(name)s", name=offering.name), url, home_url(offering.provider_id)
    )


@bp.post("/offerings/<uuid:offering_id>/capacity", endpoint="capacity_submit")
@requires(_EDIT, load=load_offering)
@transactional
def capacity_submit(offering: Offering) -> ResponseReturnValue:
    """Change how many places there are."""
    form = CapacityForm()
    return _save(
        form,
        lambda: profiles.set_capacity(
            session(),
            offering,
            capacity=form.capacity.data,
            lead_days=form.lead_days.data or 0,
            **acting(),
        ),
        _("Places: %(name)s", name=offering.name),
        url_for(".capacity", offering_id=offering.id),
        offering.provider_id,
    )


def home_url(provider_id: UUID) -> str:
    """Return the page of a provider that the present person sees."""
    if current_actor().is_provider:
        return url_for("providers.mine")
    return url_for("providers.show", provider_id=provider_id)


def layout() -> str:
    """Return the layout for whoever looks: providers have pages of their own plane."""
    return "layout/provider.html" if current_actor().is_provider else "layout/staff.html"


def form_page(form: Form, title: str, action: str, back_url: str) -> str:
    """Return the page of one form about a provider, in the layout of whoever looks."""
    return render_template(
        "providers/directory/form.html",
        form=form,
        title=title,
        action=action,
        back_url=back_url,
        layout=layout(),
        territory=TERRITORIAL_UNITS,
    )


def _save(
    form: Form, act: Callable[[], object], title: str, url: str, provider_id: UUID
) -> ResponseReturnValue:
    """Write one form about a provider, and go back to the provider."""
    home = home_url(provider_id)
    return submit(
        form, act, again=lambda: form_page(form, title, url, home), said=_("It is saved."), to=home
    )


def _edit_url(provider: Provider) -> str:
    return url_for("providers.edit", provider_id=provider.id)


def page_title(name: str) -> str:
    """Return the title of a form about something that has a name."""
    return str(_("Change %(name)s", name=name))
