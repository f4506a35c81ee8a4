"""Bringing in offices and the people who work there, each invited by mail: no file has a password.

Who has an account already is left as they are, whatever a file says of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reintegration.accounts.models import Organisation, User
from reintegration.accounts.services import links, organisations, users
from reintegration.accounts.services.house import House
from reintegration.accounts.states import LONGEST_NAME, LONGEST_OFFICE, OrganisationKind
from reintegration.codelists.languages import Locale
from reintegration.codelists.spellings import LOCALE_WORDS, grouped, spelled
from reintegration.kernel.actor import PROVIDER_ROLES, Actor, Role
from reintegration.kernel.errors import N_, DomainError
from reintegration.kernel.tasks import Progress, told_of
from reintegration.kernel.text import plain
from reintegration.web.bringing import WRITING, Column, Done, refusal
from reintegration.web.table_cells import CellError, Cells, Checked, head_of
from reintegration.web.table_reading import Table

COLUMNS = (
    Column("name", N_("First and family name of somebody who works here."), needed=True),
    Column("email", N_("Where the invitation goes. It tells people apart."), needed=True),
    Column("roles", N_("One or several, with a comma between them."), needed=True),
    Column("office", N_("For staff: the office. One that is not here yet is added.")),
    Column("provider", N_("For people of a provider: its name, as it stands in the directory.")),
    Column("language", N_("In which language pages and mails are. Romanian where none stands.")),
    Column("supervisor", N_("The e-mail of who decides on their plans, in the same office.")),
)
EXAMPLES = (
    ("Sanda Model", "sanda@exemplu.example", "supervisor", "Chișinău", "", "ro", ""),
    (
        *("Elena Model", "elena@exemplu.example", "case manager", "Chișinău", "", "ro"),
        "sanda@exemplu.example",
    ),
)
COUNTED = {
    "offices_added": N_("Offices added"),
    "people_added": N_("People added and invited by mail"),
    "unchanged": N_("People who have an account and stay as they are"),
}
HEADERS = spelled(
    {
        "name": ("first and family name", "nume", "nume și prenume", "имя", "имя и фамилия"),
        "email": ("e-mail", "mail", "poștă electronică", "эл почта", "электронная почта"),
        "roles": ("role", "rol", "roluri", "роль", "роли"),
        "office": ("oficiu", "birou", "офис", "отделение"),
        "provider": ("prestator", "поставщик"),
        "language": ("limba", "язык"),
        "supervisor": ("supervizor", "supervisor e-mail", "супервизор", "руководитель"),
    }
)
ROLE_WORDS = spelled(
    {
        Role.CASE_MANAGER: ("case worker", "manager de caz", "кейс менеджер", "ведущий случая"),
        Role.SUPERVISOR: ("supervizor", "супервизор"),
        Role.VETTING_OFFICER: ("vetting", "ofițer de verificare", "специалист по проверке"),
        Role.FINANCE_PREPARER: ("finance preparation", "finanțe pregătire", "финансы подготовка"),
        Role.FINANCE_APPROVER: ("finance approval", "finanțe aprobare", "финансы утверждение"),
        Role.FINANCE_RELEASER: ("finance release", "finanțe eliberare", "финансы отправка"),
        Role.AUDITOR: ("аудитор",),
        Role.ADMINISTRATOR: ("admin", "администратор"),
        Role.PROVIDER_RECEPTION: ("reception", "recepție", "приемная", "регистратура"),
        Role.PROVIDER_COORDINATOR: ("coordinator", "coordonator", "координатор"),
        Role.PROVIDER_BOOKKEEPER: ("bookkeeper", "contabil", "бухгалтер"),
        Role.PROVIDER_MANAGER: ("manager", "manager al prestatorului", "менеджер поставщика"),
    }
)
Places = dict[tuple[OrganisationKind, str], list[Organisation]]
_FIELDS = {"supervisor_id": "supervisor", "email": "email", "roles": "roles"}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of a file, checked by itself."""

    row: int
    name: str
    email: str
    roles: frozenset[Role]
    office: str
    provider: str
    locale: Locale
    supervisor: str


def allowed() -> dict[str, list[tuple[str, ...]]]:
    """Return what may stand in the cells of a column of codes."""
    return {"roles": grouped(ROLE_WORDS), "language": grouped(LOCALE_WORDS)}


def check(table: Table) -> Checked[PersonRow]:
    """Return the rows that can be read, and what is wrong with the others."""
    needed = [column.name for column in COLUMNS if column.needed]
    head = head_of(table, HEADERS, needed)
    if head.problems:
        return Checked(len(table.rows), (), head.problems, head.ignored, table.notes)
    rows: list[PersonRow] = []
    errors: list[CellError] = []
    seen: dict[str, int] = {}
    for number, cells in table.rows:
        reader = _PersonCells(number, head, cells)
        row = reader.read(seen)
        errors += reader.errors
        if not reader.errors:
            rows.append(row)
            seen[row.email] = number
    return Checked(len(table.rows), tuple(rows), tuple(errors), head.ignored, table.notes)


class _PersonCells(Cells):
    required = frozenset({"name", "email", "roles"})
    whose = "email"

    def read(self, seen: Mapping[str, int]) -> PersonRow:
        """Return the row; what is wrong with it is among the errors."""
        unknown = N_("No such role: “%(text)s”.")
        row = PersonRow(
            row=self.row,
            name=self.text("name", limit=LONGEST_NAME),
            email=self.email("email").lower(),
            roles=frozenset(map(Role, self.words("roles", ROLE_WORDS, unknown))),
            office=self.called("office", limit=LONGEST_OFFICE),
            provider=self.called("provider"),
            locale=Locale(
                self.word(
                    "language", LOCALE_WORDS, N_("No such language here: “%(text)s”."), Locale.RO
                )
                or Locale.RO
            ),
            supervisor=self.email("supervisor").lower(),
        )
        if row.email in seen:
            self.wrong("email", N_("This e-mail stands in row %(first)s."), first=seen[row.email])
        if bool(self.raw("office")) == bool(self.raw("provider")):
            self.wrong("office", N_("Write either an office or a provider."))
        elif row.office and row.roles & PROVIDER_ROLES:
            self.wrong("roles", N_("A provider's roles are for people of a provider."))
        return row


def carry_out(
    session: Session,
    table: Table,
    actor: Actor,
    now: datetime,
    progress: Progress,
    *,
    house: Callable[[], House],
) -> Done:
    """Add the offices and people of a table who are not here, and invite them."""
    checked = check(table)
    if checked.errors:
        return _done(checked, checked.errors)
    here = _people(session, {row.email for row in checked.rows})
    new = [row for row in checked.rows if row.email not in here]
    errors: list[CellError] = []
    counts = dict.fromkeys(COUNTED, 0) | {"unchanged": len(checked.rows) - len(new)}
    places, said = _places(session), house()
    for row in told_of(_in_order(new, errors), len(new), progress, WRITING):
        try:
            place = _place(session, row, places, counts, actor=actor, now=now)
            with session.begin_nested():
                user = _add(session, row, place, said.names, actor=actor, now=now)
                links.send(session, user, actor=actor, house=said, now=now)
        except DomainError as error:
            errors.append(refusal(row.row, error, _FIELDS, whose=row.email))
        else:
            counts["people_added"] += 1
    return _done(checked, sorted(errors, key=lambda error: error.row), counts)


def _done(
    checked: Checked[PersonRow],
    errors: Sequence[CellError],
    counts: Mapping[str, int] | None = None,
) -> Done:
    return Done(checked.total, counts or {}, tuple(errors), checked.ignored, checked.notes)


def _people(session: Session, emails: Iterable[str]) -> dict[str, User]:
    found = session.scalars(select(User).where(func.lower(User.email).in_(list(emails))))
    return {user.email.lower(): user for user in found.unique()}


def _in_order(rows: Sequence[PersonRow], errors: list[CellError]) -> list[PersonRow]:
    """Return who supervises before who is supervised; a circle of them is an error."""
    waiting, ordered = {row.email: row for row in rows}, list[PersonRow]()
    while waiting:
        ready = [row for row in waiting.values() if row.supervisor not in waiting]
        if not ready:
            circle = N_("These people would supervise each other without end.")
            errors += [
                CellError(row.row, "supervisor", circle, {}, row.email) for row in waiting.values()
            ]
            return ordered
        ordered += ready
        for row in ready:
            del waiting[row.email]
    return ordered


def _places(session: Session) -> Places:
    """Return the open organisations by their kind and plain name."""
    places: Places = {}
    known = select(Organisation).where(Organisation.active.is_(True))
    for one in session.scalars(known):
        places.setdefault((one.kind, plain(one.name)), []).append(one)
    return places


def _place(
    session: Session,
    row: PersonRow,
    places: Places,
    counts: dict[str, int],
    *,
    actor: Actor,
    now: datetime,
) -> Organisation:
    """Return where somebody works; an office that is not here yet is added."""
    kind = OrganisationKind.PROVIDER if row.provider else OrganisationKind.PROGRAMME
    name = row.provider or row.office
    found = places.setdefault((kind, plain(name)), [])
    column = "provider" if row.provider else "office"
    if len(found) > 1:
        several = N_("Several have this name. Add this person on the page of people.")
        raise DomainError(several, field=column)
    if found:
        return found[0]
    if row.provider:
        raise DomainError(
            N_("No open provider has this name. Import the providers first."), field=column
        )
    counts["offices_added"] += 1
    found.append(organisations.create_office(session, actor=actor, name=name, now=now))
    return found[0]


def _add(
    session: Session,
    row: PersonRow,
    place: Organisation,
    names: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
) -> User:
    above = _people(session, {row.supervisor}).get(row.supervisor) if row.supervisor else None
    if row.supervisor and above is None:
        raise DomainError(
            N_("Nobody has this e-mail: neither here nor in this file."), field="supervisor"
        )
    return users.create_user(
        session,
        actor=actor,
        email=row.email,
        name=row.name,
        organisation=place,
        roles=row.roles,
        locale=row.locale,
        supervisor_id=above.id if above else None,
        names=names,
        now=now,
    )
