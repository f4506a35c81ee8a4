"""Making a voucher on a planned service, and in one tap at night."""

from datetime import date, timedelta
from uuid import UUID

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from providers.directory.models import Offering
from providers.directory.queries.documents import is_old
from providers.referrals.models import Referral
from reintegration.accounts.queries.users import whom_to_ask
from reintegration.cases.queries.consents import arranging_until
from reintegration.codelists.territorial_units import TERRITORIAL_UNITS
from reintegration.kernel import clock
from reintegration.kernel.actor import Role
from reintegration.kernel.clock import local_day
from reintegration.kernel.db import session
from reintegration.kernel.money import Money
from reintegration.plans.models import PlanLine
from reintegration.plans.states import LineOrigin
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.filters import day, money
from reintegration.web.forms import option
from reintegration.web.once import Next, Shown
from reintegration.web.submit import Ask, Asking
from vouchers.voucher.forms.vouchers import IssueForm
from vouchers.voucher.models import Voucher
from vouchers.voucher.permissions import VoucherPermission
from vouchers.voucher.queries import vouchers as reading
from vouchers.voucher.services import elapsed, entitlement, issuing, spans
from vouchers.voucher.services.codes import Secrets
from vouchers.voucher.services.entitlement import Basis
from vouchers.voucher.states import VoucherKind
from vouchers.voucher.views import voucher_text
from vouchers.voucher.views.blueprints import vouchers_bp as bp
from vouchers.voucher.views.vouchers import handed_page

ANYWHERE = "anywhere"
_USUALLY_VALID = timedelta(days=90)
_EMERGENCY_VALID = timedelta(days=7)


def load_line(line_id: UUID) -> PlanLine:
    """Return a planned service of the caseload."""
    return reading.line_or_404(session(), current_actor(), line_id)


@bp.form("/lines/<uuid:line_id>/new", VoucherPermission.DRAFT, load=load_line)
def new(line: PlanLine) -> Asking:
    """Make the voucher, and show its PIN, this once."""
    form, bases = _form(line)
    if form.is_fresh:
        _fill(form, line, bases)
    yield Ask(lambda: _page(line, form, bases), form)
    voucher, secrets = _issue(line, form, bases[form.bound_to.data])
    if secrets is None:
        flash(
            _("A supervisor approves it first: with what was issued lately it is above the limit."),
            "info",
        )
        return Next(url_for(".show", voucher_id=voucher.id))
    return Shown(handed_page(voucher, secrets.pin))


def _issue(line: PlanLine, form: IssueForm, basis: Basis) -> tuple[Voucher, Secrets | None]:
    promise = issuing.Promise(
        line,
        referral=basis.referral,
        offering=basis.offering,
        units=form.units.data if "units" in form else None,
        amount=form["amount"].data if "amount" in form else None,
        valid_from=form["valid_from"].data,
        valid_until=form["valid_until"].data,
    )
    return issuing.issue(session(), promise, pin=form.pin.data or None, **acting())


def _form(line: PlanLine) -> tuple[IssueForm, dict[str, Basis]]:
    form = IssueForm()
    form.measure_by(Basis(line).kind, line.currency)
    bases = _bases(line)
    form.bound_to.choices = [option(key, _label(basis)) for key, basis in bases.items()]
    return form, bases


def _bases(line: PlanLine) -> dict[str, Basis]:
    """Return where the voucher could be used, by the value of the choice."""
    found: dict[str, Basis] = {
        f"referral-{referral.id}": Basis(line, referral)
        for referral in reading.accepted_referrals(session(), line)
    }
    if line.origin == LineOrigin.EMERGENCY:
        found |= {
            f"offering-{offering.id}": Basis(line, None, offering)
            for offering in reading.emergency_offerings(session(), line)
        }
    found[ANYWHERE] = Basis(line)
    return found


def _label(basis: Basis) -> str:
    bound: Referral | Offering | None = basis.referral or basis.offering
    if bound is None:
        if basis.kind is VoucherKind.VALUE:
            return str(_("Any approved provider: the person chooses"))
        return str(
            _(
                "Any approved provider: the person chooses, up to %(price)s each",
                price=money(basis.unit_price),
            )
        )
    offering = basis.referral.offering if basis.referral else basis.offering
    assert offering is not None
    if basis.kind is VoucherKind.VALUE:
        return f"{offering.provider.name}, {offering.name}"
    return f"{offering.provider.name}, {offering.name}: {money(basis.unit_price)}"


def _note(offering: Offering, today: date) -> str:
    """Return where it is, as far as that may be told, how many places it said, and its phone."""
    site, said = offering.site, [offering.site.name]
    if site.confidential or site.place is None:
        said.append(_("confidential place"))
    else:
        unit = TERRITORIAL_UNITS.get(site.place.territorial_unit)
        said.append(site.place.locality or (unit.name if unit else ""))
    if offering.capacity is not None:
        free = offering.capacity - offering.places_taken
        since = local_day(offering.updated_at)
        said.append(ngettext("%(num)s free place", "%(num)s free places", free))
        said.append(_("as of %(day)s", day=day(since)))
        if is_old(since, today):
            said.append(_("call first: that is long ago"))
    if offering.provider.phone:
        said.append(offering.provider.phone)
    return " · ".join(dict.fromkeys(one for one in said if one))


def _fill(form: IssueForm, line: PlanLine, bases: dict[str, Basis]) -> None:
    asked = f"referral-{parameters.text('referral')}"
    chosen = asked if asked in bases else next(iter(bases))
    basis = bases[chosen]
    form.bound_to.data = chosen
    today = clock.local_day(clock.now())
    terms = entitlement.paid_from(session(), line).terms
    room = entitlement.room_on(session(), line)
    units = max(min(room.units, basis.referral.units if basis.referral else room.units), 1)
    agreed = max(today, basis.referral.starts_on) if basis.referral else today
    first = spans.free_from(session(), line, max(agreed, terms.first or agreed))
    last = _last_day(line, basis, units, first, today)
    form.valid_from.data = first
    form.valid_until.data = max(first, min(last, terms.last or last))
    if "units" in form:
        form.units.data = units
    else:
        form["amount"].data = max(room.money, Money.zero(line.currency))


def _last_day(line: PlanLine, basis: Basis, units: int, first: date, today: date) -> date:
    """Return a last day that all beneath it allow; a stay lasts as long as its nights."""
    usual = _EMERGENCY_VALID if line.origin == LineOrigin.EMERGENCY else _USUALLY_VALID
    last = elapsed.ends_on(line.unit, first, units) if line.unit in elapsed.SPAN else first + usual
    offering = basis.bound_offering
    ends = (
        arranging_until(session(), line.case_id, basis.provider_id, today),
        entitlement.approved_through(session(), offering) if offering else None,
        entitlement.paid_from(session(), line).fund.ends_on,
    )
    return max(min(last, *(end for end in ends if end is not None)), first)


def _page(line: PlanLine, form: IssueForm, bases: dict[str, Basis]) -> str:
    basis = Basis(line)
    code = reading.case_codes(session(), current_actor(), [line.case_id]).get(line.case_id, "")
    paid_from = entitlement.paid_from(session(), line)
    room = entitlement.room_on(session(), line)
    short = room.money.minor > 0 and paid_from.available < min(basis.unit_price, room.money)
    today = clock.local_day(clock.now())
    return render_template(
        "vouchers/voucher/new.html",
        notes={
            key: _note(basis.offering, today)
            for key, basis in bases.items()
            if basis.offering is not None
        },
        paid_from=paid_from,
        approvers=whom_to_ask(session(), Role.FINANCE_APPROVER) if short else "",
        is_short=short,
        line=line,
        form=form,
        code=code,
        room=room,
        is_value=basis.kind is VoucherKind.VALUE,
        below=issuing.AUTO_APPROVE_BELOW.on(today).get(line.currency),
        already=issuing.approved_by_rule(session(), line, now=clock.now()),
        together_days=issuing.COUNTED_TOGETHER.on(today).days,
        is_emergency=line.origin == LineOrigin.EMERGENCY,
        takes_days=line.unit in elapsed.SPAN,
        words=voucher_text,
    )
