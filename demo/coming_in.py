"""What came in from elsewhere: running cases of an office's folder, and a grant of before."""

from datetime import timedelta

from demo.funds import APPROVER, PREPARER
from demo.providers import make_iban
from demo.timeline import Story, at
from demo.world import World
from reintegration.cases.services import name_exports
from reintegration.plans.views.bringing import CASES
from reintegration.web.bringing import Kind, bring_in
from reintegration.web.table_reading import Table
from vouchers.bank.services import bank_accounts
from vouchers.books.views.opening import BOOKS

_MANAGER = "calin.munteanu"
_ADMINISTRATOR = "andrei.stratan"
_ARCHIVE = "age1uj4lt6rywsd5rsj9hzq37pyhhw9y4ra5ms3w2aenp6waems5nvsq5jaatk"
"""A public key whose other half was thrown away: nobody opens what is sealed to it."""
_WHY = "Arhiva centrală primește o copie înainte de mutarea serverului."
Row = dict[str, str]


def running_cases(world: World) -> Story:
    """Let a case manager bring in two cases of a folder, and one that waits for a consent."""
    yield at(world.ago(12), 14)
    shared = {
        "consent on": world.ago(60).isoformat(),
        "agreed to": "file, providers",
        "begins": world.day.isoformat(),
        "due": (world.today + timedelta(days=120)).isoformat(),
    }
    first = shared | {
        "case": "17/2025",
        "since": world.ago(150).isoformat(),
        "language": "ro",
        "sex": "man",
        "birth year": "1991",
        "district": "Hîncești",
        "need": "Salarii neplătite de la ultimul loc de muncă",
        "need area": "income",
        "priority": "high",
        "goal": "Să aibă un venit al său",
        "step": "Învață o meserie cu atestat",
        "service": "vocational training",
        "units": "1",
        "unit price": "4200.00",
        "budget line": "FAM-2/FAM-2.1",
    }
    second = shared | {
        "case": "21/2025",
        "since": world.ago(90).isoformat(),
        "language": "ru",
        "sex": "woman",
        "birth year": "1986",
        "district": "Ungheni",
        "dependants": "2",
        "need": "Doarme rău",
        "need area": "health",
        "goal": "Să poată lucra din nou",
        "step": "Consiliere psihologică",
        "service": "counselling",
        "units": "6",
        "unit price": "350.00",
        "budget line": "SPR-1/SPR-1.2",
    }
    _bring_in(world, CASES, _MANAGER, first, second, {"case": "24/2025", "language": "ro"})


def grant_of_before(world: World) -> Story:
    """Let what is left of a grant of another programme wait for approval."""
    yield at(world.ago(3), 10)
    account = bank_accounts.propose(
        world.session,
        actor=world.actor(PREPARER),
        name="Cont curent USD",
        holder="Asociația Exemplu",
        iban=make_iban("AG000022520000000009"),
        identifier="1003600999999",
        currency="USD",
        now=world.now,
    )
    bank_accounts.approve(world.session, account, actor=world.actor(APPROVER), now=world.now)
    yield at(world.ago(2), 9)
    day = {"as of": world.day.isoformat(), "currency": "USD"}
    fund = {**day, "fund": "VEC-4"}
    _bring_in(
        world,
        BOOKS,
        PREPARER,
        {**day, "account": account.iban, "amount": "12400.00"},
        {
            **fund,
            "amount": "12400.00",
            "name": "Fond preluat",
            "donor": "Fundația Peste Ocean (exemplu)",
            "first day": world.ago(200).isoformat(),
            "last day": (world.today + timedelta(days=165)).isoformat(),
        },
        {**fund, "line": "VEC-4.1", "amount": "9000.00", "name": "Reluarea studiilor"},
    )


def names_for_the_archive(world: World) -> Story:
    """Let an administrator ask that every name leaves, sealed; a supervisor has to decide."""
    yield at(world.ago(1), 16)
    name_exports.ask(
        world.session,
        actor=world.actor(_ADMINISTRATOR),
        public_key=_ARCHIVE,
        reason=_WHY,
        now=world.now,
    )


def _bring_in(world: World, kind: Kind, who: str, *rows: Row) -> None:
    header = tuple(column.name for column in kind.columns)
    cells = (tuple(row.get(name, "") for name in header) for row in rows)
    table = Table(header, tuple(enumerate(cells, 2)))
    done = bring_in(world.session, kind, table, actor=world.actor(who), now=world.now)
    if done.errors:
        raise ValueError("; ".join(f"{one.row} {one.column}: {one.message}" for one in done.errors))
