"""Counted services in words: `12 sessions`, in the reader's language and its own plural."""

from collections.abc import Callable

from flask_babel import ngettext

from reintegration.codelists.units import Unit

_COUNTED: dict[Unit, Callable[[int], str]] = {
    Unit.NIGHT: lambda n: ngettext("%(num)s night", "%(num)s nights", n),
    Unit.SESSION: lambda n: ngettext("%(num)s session", "%(num)s sessions", n),
    Unit.HOUR: lambda n: ngettext("%(num)s hour", "%(num)s hours", n),
    Unit.VISIT: lambda n: ngettext("%(num)s visit", "%(num)s visits", n),
    Unit.COURSE: lambda n: ngettext("%(num)s course", "%(num)s courses", n),
    Unit.DAY: lambda n: ngettext("%(num)s day", "%(num)s days", n),
    Unit.RIDE: lambda n: ngettext("%(num)s ride", "%(num)s rides", n),
    Unit.MONTH: lambda n: ngettext("%(num)s month", "%(num)s months", n),
    Unit.ITEM: lambda n: ngettext("%(num)s item", "%(num)s items", n),
    Unit.AMOUNT: lambda n: ngettext("%(num)s amount", "%(num)s amounts", n),
}


def counted(count: int, unit: Unit | str) -> str:
    """Say a number with its unit; in templates it is the filter of this name."""
    return _COUNTED[Unit(unit)](count)
