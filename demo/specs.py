"""Who comes, when, and what becomes of each voucher: drawn once, before the year is lived."""

from dataclasses import dataclass, field
from random import Random

from demo.catalogue import SHORT, WARES, is_value
from demo.names import Name, draw
from demo.people import CASE_MANAGERS
from demo.world import World
from reintegration.codelists.languages import Locale
from reintegration.codelists.people import AccessNeed
from reintegration.codelists.service_categories import ServiceCategory

_KINDS = (
    "active",
    "changed",
    "follow_up",
    "closed",
    "intake",
    "submitted",
    "draft",
    "returned",
    "active",
    "active",
    "closed",
    "active",
    "active",
    "follow_up",
    "active",
    "active",
    "changed",
    "active",
    "intake",
    "active",
)
_OPENED = {
    "active": (45, 350),
    "changed": (60, 300),
    "follow_up": (200, 355),
    "closed": (220, 360),
    "intake": (2, 9),
    "submitted": (9, 26),
    "draft": (6, 28),
    "returned": (11, 35),
}
_EMERGENCIES = {4: "pending", 6: "overdue", 9: "ratified", 12: "refused"}
"""How some began at the door; on those that are overdue nobody has decided in time."""
WITH_VOUCHERS = frozenset({"active", "changed", "follow_up", "closed"})
_GOES_ON = frozenset({"active", "changed"})
_READY_AFTER = 10
LATELY = 25
"""Vouchers of the last so many days are still in use; older ones have come to an end."""

_PROFILES = (
    "mind ride papers course food job",
    "shelter doctor mind rent food ride",
    "doctor law course child benefit mind",
    "mind lessons family food ride papers",
    "course mind child tools benefit ride",
    "law speech mind doctor job food",
)
_LATE_FATES = (
    ("issued", 1, 7),
    ("part", 6, 20),
    ("unconfirmed", 3, 12),
    ("full", 14, 24),
    ("stopped", 8, 20),
    ("draft", 1, 4),
    ("approved", 2, 5),
    ("open", 2, 12),
    ("cancelled", 8, 22),
    ("replaced", 8, 20),
    ("reversed", 6, 14),
    ("part", 6, 22),
    ("issued", 1, 8),
    ("full", 12, 24),
    ("open_part", 8, 20),
    ("part", 9, 24),
)
_OLD_FATES = (
    "full",
    "full",
    "lapsed_part",
    "full",
    "open_full",
    "corrected",
    "full",
    "cancelled",
    "lapsed",
    "full",
    "confirmed",
    "full",
    "replaced",
    "refused",
    "full",
    "full",
)
_NEEDS_APPROVAL = frozenset({"draft", "approved"})
_LARGE = 1_200_000
_SPARE = ("free", "requested", "draft", "rejected", "cancelled", "accepted", "expired", "failed")


@dataclass(slots=True)
class VoucherSpec:
    """One voucher: issued so many `days` ago, for so many units or bani (cents), and its fate."""

    category: ServiceCategory
    days: int
    fate: str
    size: int
    currency: str = "MDL"

    @property
    def is_open(self) -> bool:
        """Whether the person chooses where to use it."""
        return self.fate.startswith("open")

    @property
    def weight(self) -> int:
        """Return how many vouchers come of it."""
        return 2 if self.fate == "replaced" else 1


@dataclass(slots=True)
class CaseSpec:
    """One person who does not exist, and the way that they went."""

    number: int
    kind: str
    opened: int
    manager: str
    supervisor: str
    name: Name
    female: bool
    russian: bool
    unit: str
    birth_year: int
    dependants: int
    access: tuple[AccessNeed, ...]
    emergency: str = ""
    consent: str = "long"
    spare: str = ""
    vouchers: list[VoucherSpec] = field(default_factory=list)

    @property
    def language(self) -> Locale:
        """Return the language that they speak."""
        return Locale.RU if self.russian else Locale.RO

    @property
    def last_voucher(self) -> int:
        """Return how many days ago vouchers end for this case."""
        if self.kind in _GOES_ON:
            return 1
        return 120 if self.kind == "closed" else 100


def draw_cases(world: World) -> list[CaseSpec]:
    """Return the cases with their vouchers; the same for the same day and scale."""
    count = world.count(120, 16)
    specs = [_case(world, number) for number in range(count)]
    _share_vouchers(world.rng, specs, world.count(600, 60))
    return specs


def _case(world: World, number: int) -> CaseSpec:
    rng, kind = world.rng, _KINDS[number % len(_KINDS)]
    managers = (*CASE_MANAGERS, CASE_MANAGERS[0])
    manager = managers[number % len(managers)]
    female, adult = rng.random() < 0.74, rng.random() < 0.9
    unit = rng.choice(manager.units)
    russian = unit in ("MD-SN", "MD-BD", "MD-GA", "MD-TA") or rng.random() < 0.18
    spec = CaseSpec(
        number=number,
        kind=kind,
        opened=rng.randint(*_OPENED[kind]),
        manager=manager.key,
        supervisor=manager.supervisor or "",
        name=draw(rng, female=female, russian=russian),
        female=female,
        russian=russian,
        unit=unit,
        birth_year=world.today.year - (rng.randint(19, 52) if adult else rng.randint(12, 17)),
        dependants=rng.choice((0, 0, 1, 2, 3)) if female and adult else 0,
        access=(AccessNeed.STEP_FREE,) if rng.random() < 0.06 else (),
        emergency=_EMERGENCIES.get(number % 20, ""),
        spare=_SPARE[number // 2 % len(_SPARE)] if kind in _GOES_ON else "",
    )
    if spec.emergency == "pending":
        spec.opened = 1 + number // 40 % 2
    if kind in _GOES_ON and number % 10 in (5, 8):
        spec.consent = "soon"
    if number % 20 in (10, 14):
        spec.consent = "withdrawn"
    return spec


def _share_vouchers(rng: Random, specs: list[CaseSpec], quota: int) -> None:
    """Give each case its vouchers, so that exactly `quota` of them are made in all."""
    quota -= sum(2 for spec in specs if spec.emergency)
    able = [spec for spec in specs if spec.kind in WITH_VOUCHERS]
    going = [spec for spec in able if spec.kind in _GOES_ON and spec.consent != "withdrawn"]
    lately, turn = max(quota // 4, len(_LATE_FATES) + 1), 0
    while lately > 0:
        fate, first, last = _LATE_FATES[turn % len(_LATE_FATES)]
        if lately == 1 and fate == "replaced":
            fate = "part"
        given = _voucher(rng, going[turn % len(going)], rng.randint(first, last), fate)
        turn, lately, quota = turn + 1, lately - given.weight, quota - given.weight
    for spec in able:
        if spec.consent == "withdrawn" and spec.kind in _GOES_ON:
            _voucher(rng, spec, 15, "issued")
            quota -= 1
    older = [spec for spec in able if spec.opened - _READY_AFTER > max(spec.last_voucher, LATELY)]
    turn = 0
    while quota > 0:
        spec, fate = older[turn % len(older)], _OLD_FATES[turn % len(_OLD_FATES)]
        if quota == 1 and fate == "replaced":
            fate = "full"
        first = max(spec.last_voucher, LATELY + 1)
        given = _voucher(rng, spec, rng.randint(first, spec.opened - _READY_AFTER), fate)
        turn, quota = turn + 1, quota - given.weight
    for spec in specs:
        spec.vouchers.sort(key=lambda one: -one.days)


def _voucher(rng: Random, spec: CaseSpec, days: int, fate: str) -> VoucherSpec:
    goods = _PROFILES[spec.number % len(_PROFILES)].split()
    category = SHORT[goods[len(spec.vouchers) // 2 % len(goods)]]
    if fate == "unconfirmed":
        category = ServiceCategory.MENTAL_HEALTH
    if fate in _NEEDS_APPROVAL:
        category = ServiceCategory.BUSINESS_START_UP
    low, high = WARES[category].usual
    size = rng.randint(low, high)
    if is_value(category):
        size = _LARGE if fate in _NEEDS_APPROVAL else size // 5_000 * 5_000
    made = VoucherSpec(category, days, fate, size)
    if spec.number % 7 == 3 and category in _IN_EURO and not made.is_open:
        made.currency = "EUR"
    spec.vouchers.append(made)
    return made


_IN_EURO = frozenset(
    {
        ServiceCategory.VOCATIONAL_TRAINING,
        ServiceCategory.LEGAL_AID,
        ServiceCategory.EMPLOYMENT,
        ServiceCategory.EDUCATION,
        ServiceCategory.DOCUMENTS,
    }
)
