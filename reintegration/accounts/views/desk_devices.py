"""Devices of the desk: as a manager keeps them, and the page on the device that asks for a code."""

from typing import Any
from uuid import UUID

import segno
from flask import render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from reintegration.accounts.forms import DeviceCodeForm, DeviceForm
from reintegration.accounts.models import DeskDevice
from reintegration.accounts.permissions import AccountPermission as P
from reintegration.accounts.queries import people
from reintegration.accounts.services import desk_devices as service
from reintegration.accounts.views import bp, identity
from reintegration.accounts.views.credentials import desk_secret
from reintegration.kernel import clock, permissions
from reintegration.kernel.db import session
from reintegration.kernel.errors import or_404
from reintegration.kernel.ids import group_typed_code
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next, Shown
from reintegration.web.submit import Ask, Asking, asked

_LONGEST_CODE = 60


def _own_device(device_id: UUID) -> DeskDevice:
    found = permissions.visible(current_actor(), DeskDevice, P.MANAGE_DEVICES)
    return or_404(session().scalar(found.where(DeskDevice.id == device_id)))


@bp.form("/devices", P.MAKE_DEVICE_CODE)
def devices() -> Asking:
    """Show the devices of the desk; make a code for another one, and show it, this once."""
    form = DeviceForm()
    yield Ask(lambda: _page(form), form)
    device, code = service.make_code(session(), label=form.label.data or "", **acting())
    page = "reintegration/accounts/device_code.html"
    return Shown(render_template(page, device=device, **_shown(code)))


@bp.form("/devices/<uuid:device_id>/end", P.MANAGE_DEVICES, load=_own_device)
def device_end(device: DeskDevice) -> Asking:
    """End a device, or a code that waits."""
    yield asked("reintegration/accounts/device_end.html", device=device)
    service.end(session(), device, **acting())
    return Next(url_for(".devices"), _("Nobody works from this device any more."))


@bp.form("/device", P.ADMIT_DEVICE)
def device_here() -> Asking:
    """Ask on the device itself for the code that makes it known."""
    form = DeviceCodeForm(code=parameters.text("code", limit=_LONGEST_CODE))
    yield Ask(lambda: _here_page(form), form)
    identity.keep_desk(service.admit(session(), form.code.data or "", **acting()))
    return Next("/", _("This device is known now: reception can work from it."))


def _page(form: DeviceForm) -> str:
    return render_template(
        "reintegration/accounts/devices.html",
        form=form,
        devices=service.of_organisation(
            session(), current_actor().organisation_id, now=clock.now()
        ),
    )


def _here_page(form: DeviceCodeForm) -> str:
    organisation_id = identity.signed_in_user().organisation_id
    return render_template(
        "reintegration/accounts/device_here.html",
        form=form,
        here=service.admitted(
            session(), desk_secret(), organisation_id=organisation_id, now=clock.now()
        ),
        managers=people.names_of_managers(session(), organisation_id),
    )


def _shown(code: str) -> dict[str, Any]:
    """Return the code as a page shows it: to scan and to type."""
    address = identity.settings().service_url + url_for(".device_here", code=code)
    svg = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=4)
    return {
        "qr": Markup(svg),  # noqa: S704 - drawn by segno from our own bits
        "code": group_typed_code(code),
    }
