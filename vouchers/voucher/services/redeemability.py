"""Why a delivery is not accepted, in words that a receptionist can act on, each with its code."""

from datetime import date, datetime

from reintegration.kernel import amounts
from reintegration.kernel.errors import N_, Conflict, DomainError, Invalid, NotFound, TooManyTries
from reintegration.kernel.money import Money
from vouchers.voucher.services import elapsed
from vouchers.voucher.services.pricing import at_most, is_value
from vouchers.voucher.services.validity import (
    RECORDED_WITHIN,
    begins_later,
    covers,
    is_over,
    is_past_recording,
    recorded_through,
    recorded_until,
)
from vouchers.voucher.services.voucher_by_code import Found
from vouchers.voucher.states import NOT_ISSUED, VoucherState


class WrongPin(DomainError):
    """The PIN differs; how many tries are left is said, so that nobody locks it by accident.

    Of the last one, that it is locked now, and until when.
    """

    code = "wrong_pin"

    def __init__(self, left: int, *, locked_until: datetime | None = None) -> None:
        if locked_until is None:
            said = N_("The PIN is not right. Tries left: %(left)s.")
            super().__init__(said, field="pin", left=left)
        else:
            said = N_(
                "The PIN is not right, and this was the last try: it is locked until %(until)s. The"
                " service may be given: record it without the PIN."
            )
            super().__init__(said, field="pin", left=left, until=locked_until)


def unknown_voucher() -> NotFound:
    """Return the answer for a code that nobody has, or that is another provider's."""
    return NotFound(
        N_("No voucher is found under this code. Check each symbol, or scan the QR code."),
        code="unknown_voucher",
    )


def pin_locked(until: datetime) -> TooManyTries:
    """Return the answer when the PIN is locked: a lock blocks the PIN, never the service."""
    return TooManyTries(
        N_(
            "The PIN is locked until %(until)s. The service may be given: record it without the"
            " PIN."
        ),
        code="locked",
        until=until,
    )


def too_many_failures() -> TooManyTries:
    """Return the answer when a device or a provider failed too often."""
    return TooManyTries(
        N_("Too many wrong codes or PINs from here. Wait an hour, or record it without the PIN."),
        code="locked",
    )


_CLOSED: dict[VoucherState, tuple[str, str]] = {
    VoucherState.REDEEMED: (N_("Everything on this voucher was already used."), "used_up"),
    VoucherState.EXPIRED: (
        N_("This voucher is no longer valid: its last day is past, and the time to record it too."),
        "expired",
    ),
    VoucherState.CANCELLED: (N_("This voucher was cancelled."), "cancelled"),
    VoucherState.REPLACED: (N_("This voucher was replaced. Ask for the new one."), "replaced"),
}


def refuse_unusable(found: Found, *, today: date) -> None:
    """Raise Conflict unless something can be recorded on the voucher today at this provider."""
    if reason := why_unusable(found, today=today):
        raise reason


def why_unusable(found: Found, *, today: date) -> DomainError | None:
    """Return why nothing can be recorded on the voucher today at this provider."""
    if stopped := _not_open(found):
        return stopped
    if begins_later(found.valid_from, today):
        return Conflict(
            N_("This voucher is valid from %(day)s."), code="not_yet_valid", day=found.valid_from
        )
    if is_past_recording(found.valid_from, found.valid_until, today):
        return _closed(VoucherState.EXPIRED)
    if found.live_holds:
        return _stopped() if is_past_recording(found.valid_from, found.through, today) else None
    lapsed = found.approved_through is not None
    if not (found.offering_is_approved or lapsed) or is_past_recording(
        found.valid_from, found.through, today
    ):
        return _not_approved()
    return None


def is_only_past(found: Found, *, today: date) -> bool:
    """Whether nothing is given on it any more, and only what was given before can be recorded."""
    return is_over(found.through, today)


def _not_open(found: Found) -> DomainError | None:
    """Return why nobody can use it now, whatever the day and whoever asks."""
    state = VoucherState(found.state)
    if state in _CLOSED:
        return _closed(state)
    if state in NOT_ISSUED:
        return unknown_voucher()
    if found.live_holds and found.held_through is None:
        return _stopped()
    return None


def _stopped() -> Conflict:
    return Conflict(
        N_("This voucher is stopped for now. Ask the case manager before you give the service."),
        code="suspended",
    )


def _not_approved() -> Conflict:
    return Conflict(
        N_("Your service is not approved for this voucher now. Ask the programme."),
        code="offering_suspended",
    )


def _only_past(found: Found) -> Conflict:
    """Return the refusal of what is given after the last day of the voucher or of an approval."""
    code = "expired" if found.through == found.valid_until else "offering_suspended"
    return Conflict(
        N_(
            "Nothing more is given on this voucher. What was given by %(day)s can be recorded until"
            " %(until)s: enter the day of the service."
        ),
        code="suspended" if found.live_holds and code != "expired" else code,
        field="delivered_on",
        day=found.through,
        until=recorded_through(found.valid_from, found.through),
    )


def _closed(state: VoucherState) -> Conflict:
    message, code = _CLOSED[state]
    return Conflict(message, code=code)


def refuse_day(found: Found, delivered_on: date, *, today: date) -> None:
    """Raise Invalid unless the day of delivery lies within what may be recorded."""
    if delivered_on > today:
        raise Invalid(
            N_("The day of the service lies in the future."),
            code="delivered_on",
            field="delivered_on",
        )
    if recorded_until(delivered_on) < today:
        raise Invalid(
            N_("A service is recorded within %(days)s days. Ask the case manager."),
            code="delivered_on",
            field="delivered_on",
            days=RECORDED_WITHIN.on(delivered_on).days,
        )
    if delivered_on == today and is_only_past(found, today=today):
        raise _only_past(found)
    if not covers(found.valid_from, found.through, delivered_on):
        raise Invalid(
            N_("The voucher was not valid on this day."), code="delivered_on", field="delivered_on"
        )


def refuse_before_its_time(found: Found, units: int, delivered_on: date, *, today: date) -> None:
    """Raise Invalid for more nights, days, hours or months than are over, whatever proves them."""
    over = elapsed.passed(found.unit, found.valid_from, min(today, found.through))
    left = min(
        over - (found.units - found.units_free),
        elapsed.passed(found.unit, found.valid_from, delivered_on),
    )
    if units > left:
        raise Invalid(
            N_(
                "Not so much time has passed: %(left)s can be over since %(day)s and are not"
                " recorded yet. Record the rest when it is over."
            ),
            code="not_passed",
            field="units",
            left=max(left, 0),
            day=found.valid_from,
        )


def asked(found: Found, units: int | None, amount: str | None) -> tuple[int, Money]:
    """Return the units and the money asked for; raise Invalid when it makes no sense.

    Units count at the voucher's agreed price; a value voucher takes an amount instead.
    """
    if is_value(found):
        if amount is None or units is not None:
            raise Invalid(
                N_("This voucher takes an amount of money."), code="wrong_measure", field="amount"
            )
        money = _read(amount, found.currency)
        count = 0
    else:
        if units is None or amount is not None:
            raise Invalid(
                N_("This voucher takes a number of units."), code="wrong_measure", field="units"
            )
        if not 0 < units <= max(found.units, 1):
            _refuse_number(units, found)
        money, count = at_most(found, units), units
    if money.minor <= 0:
        raise Invalid(N_("Enter more than zero."), code="not_positive", field=_measure(found))
    if count > found.units_free or money > found.amount_free:
        if found.amount_free.minor <= 0:
            raise _closed(VoucherState.REDEEMED)
        raise more_than_left(found)
    return count, money


def _read(amount: str, currency: str) -> Money:
    """Read an amount without repeating it: what programs sent stands in no answer."""
    try:
        return amounts.machine(amount, currency)
    except amounts.Unreadable:
        raise Invalid(
            N_("Send digits with a dot, as 149.50, and no more decimals than the currency has."),
            code="invalid",
            field="amount",
        ) from None


def more_than_left(found: Found) -> Invalid:
    """Return the refusal that names what is left."""
    left = found.amount_free if is_value(found) else found.units_free
    return Invalid(
        N_("Only %(left)s is left on this voucher."),
        code="more_than_left",
        field=_measure(found),
        left=left,
    )


def _measure(found: Found) -> str:
    """Return what the voucher counts by, as a delivery calls it."""
    return "amount" if is_value(found) else "units"


def _refuse_number(units: int, found: Found) -> None:
    if units <= 0:
        raise Invalid(N_("Enter more than zero."), code="not_positive", field=_measure(found))
    raise more_than_left(found)
