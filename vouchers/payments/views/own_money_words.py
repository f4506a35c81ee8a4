"""When a provider's money comes, and how much; where no day is known it says so."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from reintegration.kernel.money import Money, total
from reintegration.web.filters import day, money
from vouchers.payments.queries.own_money import Coming, OwnMoney
from vouchers.payments.states import MoneyPart


@dataclass(frozen=True, slots=True)
class Said:
    """What is asked, how much, and when or what to do; `tone` is one of `ui.hero`."""

    over: str
    big: str
    under: str
    tone: str = "green"


def when_it_comes(own: OwnMoney, today: date) -> Said:
    """Return what comes next in one currency, the nearest to the bank first."""
    if own.coming:
        return _next(own, today)
    for part, over, under in (
        (MoneyPart.CHECKED, _("Checked, waits for a payment"), _no_day(own)),
        (
            MoneyPart.REFUND,
            _("Owed to you again"),
            _("A payment came back. Ask finance for a day."),
        ),
        (
            MoneyPart.DISPUTED,
            _("Disputed"),
            _("No day is known: answer the question first, then it is checked again."),
        ),
        (
            MoneyPart.SUBMITTED,
            _("Being checked"),
            _("No day is known yet: a payment is prepared once the claim is checked."),
        ),
    ):
        if own.of(part):
            return Said(over, money(own.of(part)), under)
    waiting = own.of(MoneyPart.UNCLAIMED) + own.of(MoneyPart.DRAFTED)
    if waiting:
        under = _("Nothing comes before you send a claim.")
        return Said(_("Delivered and not claimed"), money(waiting), under, "gold")
    return _nothing(own)


def _next(own: OwnMoney, today: date) -> Said:
    first = own.coming[0]
    same = [one for one in own.coming if (one.on, one.sent) == (first.on, first.sent)]
    amount = money(total((one.amount for one in same), own.currency))
    over = _("Next payment") if first.on >= today else _("A payment that is late")
    return Said(over, amount, _arrives(first, today), _tone(first, today))


def _arrives(one: Coming, today: date) -> str:
    on = day(one.on)
    if not one.sent and one.on < today:
        return str(_("It was planned for %(day)s, and finance has not released it yet.", day=on))
    if not one.sent:
        return str(_("Planned for %(day)s. Finance has still to release it.", day=on))
    if one.on < today:
        return str(_("It should be there since %(day)s; the bank has not told us yet.", day=on))
    return str(_("It is sent and should be there on %(day)s.", day=on))


def _tone(one: Coming, today: date) -> str:
    return "green" if one.sent and one.on >= today else "gold"


def _no_day(own: OwnMoney) -> str:
    said = _("No day is known yet: finance has still to put it into a payment.")
    set_off = min(own.of(MoneyPart.OWED), own.of(MoneyPart.CHECKED))
    if not set_off:
        return str(said)
    less = _("Of it %(amount)s is set off against what you owe.", amount=money(set_off))
    return f"{said} {less}"


def _nothing(own: OwnMoney) -> Said:
    if own.of(MoneyPart.OWED):
        under = _("It is set off against what you claim next, or you pay it back.")
        return Said(_("You owe"), money(own.of(MoneyPart.OWED)), under, "clay")
    unconfirmed = own.of(MoneyPart.UNCONFIRMED)
    under = (
        _("What you delivered without a PIN can be claimed once it is confirmed.")
        if unconfirmed
        else _("Everything that you delivered is paid.")
    )
    return Said(_("Nothing is on its way"), money(Money.zero(own.currency)), under)
