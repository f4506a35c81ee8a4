"""Vouchers in words."""

from flask_babel import gettext as _
from flask_babel import ngettext

from reintegration.codelists.proof_kinds import Proof, ProofKind
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel import clock
from reintegration.web.counting import counted
from reintegration.web.filters import money
from vouchers.voucher.models import Redemption, Voucher
from vouchers.voucher.services.voucher_by_code import Found
from vouchers.voucher.states import Held, VoucherKind, VoucherState

MANY = 30
"""Up to this many, the button says the number that it confirms."""


def standing(voucher: Voucher) -> VoucherState | Held:
    """Return what a voucher is shown as today."""
    return voucher.standing(clock.local_day(clock.now()))


def service(category: str) -> str:
    """Return the service's neutral name."""
    return ServiceCategory.stored(category).label


def asked(found: Found) -> str:
    """Return what proves a delivery, where the desk asks for no PIN; else nothing."""
    proof = ProofKind.stored(found.proof)
    return "" if proof.method is Proof.PIN else proof.asked


def what(voucher: Voucher) -> str:
    """Return what a voucher is for: `12 sessions`, or `up to 600.00 MDL`."""
    if voucher.kind == VoucherKind.VALUE:
        return str(_("up to %(sum)s", sum=money(voucher.amount)))
    return counted(voucher.units, voucher.unit)


def left(voucher: Voucher) -> str:
    """Return what is left of a voucher."""
    if voucher.kind == VoucherKind.VALUE:
        return money(voucher.amount_left)
    return counted(voucher.units_left, voucher.unit)


def delivered(redemption: Redemption) -> str:
    """Return what was delivered: `2 sessions`, or a sum."""
    if redemption.units:
        return counted(redemption.units, redemption.voucher.unit)
    return money(redemption.amount)


def found_left(found: Found) -> str:
    """Return what a receptionist can still record."""
    if found.kind == VoucherKind.VALUE:
        return money(found.amount_free)
    return counted(found.units_free, found.unit)


def found_of(found: Found) -> str:
    """Return the line under it: `left of 12 · Counselling`."""
    name = service(found.category)
    if found.kind == VoucherKind.VALUE:
        return str(_("left · %(service)s", service=name))
    return str(
        ngettext(
            "left of %(num)s · %(service)s",
            "left of %(num)s · %(service)s",
            found.units,
            service=name,
        )
    )


def confirm_labels(found: Found) -> list[str]:
    """Return the button's words for 1, 2, 3 … units."""
    return [
        _("Confirm %(units)s", units=counted(number, found.unit))
        for number in range(1, min(found.units_free, MANY) + 1)
    ]
