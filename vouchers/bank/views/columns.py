"""What the columns of a bank's table are: said on screen, looked at, then kept for the account."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext as _

from reintegration.kernel.db import session
from reintegration.kernel.encodings import Encoding
from reintegration.web import parameters
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Answer, Next, Shown
from reintegration.web.saying import error_text
from reintegration.web.submit import Ask, Asking
from vouchers.bank.forms import ColumnsForm, columns_form, said_of
from vouchers.bank.models import BankFile, KeptColumns
from vouchers.bank.permissions import BankAccountPermission
from vouchers.bank.queries import bank as queries
from vouchers.bank.queries.bank_accounts import account_or_404
from vouchers.bank.queries.bank_files import beginning, file_or_404
from vouchers.bank.queries.kept_columns import columns_of_all
from vouchers.bank.services import kept_columns
from vouchers.bank.views.bank_imports import account_choices, look_at
from vouchers.bank.views.blueprint import bank_bp as bp
from vouchers.books.models import BankAccount
from vouchers.formats.csv_look import SHOWN_ROWS, Look, look
from vouchers.formats.csv_mapping import OF_MONEY, CsvMapping, Meaning, guess
from vouchers.formats.csv_reader import ReadRow, rows_as_read

DELIMITERS = {"semicolon": ";", "comma": ",", "tab": "\t", "bar": "|"}
_READ_ROWS = 25
_HIGHEST_LINE = 400


def _file(file_id: UUID) -> BankFile:
    return file_or_404(session(), current_actor(), file_id)


@bp.form("/files/<uuid:file_id>/columns", BankAccountPermission.MAP, load=_file, remembered=False)
def columns(file: BankFile) -> Asking:
    """Show the file with what its columns may be, then as it will be read; keep it when told to."""
    seen = _look(file)
    kept = _kept_like(seen)
    guessed = guess(seen.cells) if seen.heading else [None] * seen.width
    begun = _begin(kept) if kept else _guesses(guessed)
    form = columns_form(seen.width)(accounts=account_choices(), data=begun)
    yield Ask(lambda: _page(file, seen, form, kept), form)
    account = account_or_404(session(), current_actor(), UUID(form.account.data))
    mapping = form.mapping(seen, _encoding())
    rows = _rows(seen, mapping, account)
    wanted = form.keep.data == _print(mapping, account)
    if not wanted or any(row.problem for row in rows):
        return Shown(_page(file, seen, form, kept, rows=rows, keep=_print(mapping, account)))
    return _keep(file, account, mapping)


def _keep(file: BankFile, account: BankAccount, mapping: CsvMapping) -> Answer:
    kept_columns.keep(session(), account, mapping=mapping, **acting())
    task = look_at(file, name=file.name, encoding=_encoding() or "", account=str(account.id))
    said = _("The columns are kept for %(name)s. Now the whole file is read.", name=account.name)
    return Next(url_for(".imported", task_id=task.id), said)


def _print(mapping: CsvMapping, account: BankAccount) -> str:
    """Return what tells these answers from others: only what was seen is kept."""
    return f"{account.id}-{mapping.print}"


def _look(file: BankFile) -> Look:
    """Return the beginning of the file, split as the address says."""
    head = beginning(session(), file)
    return look(
        head,
        is_whole=file.size <= len(head),
        encoding=_encoding(),
        delimiter=DELIMITERS.get(parameters.choice("delimiter", DELIMITERS)),
        heading=_line("heading"),
        first=_line("first"),
    )


def _encoding() -> str | None:
    return parameters.choice("encoding", [str(one) for one in Encoding]) or None


def _line(name: str) -> int | None:
    """Return the number of a line that the address says, if it can be one."""
    said = parameters.text(name)
    is_number = said.isascii() and said.isdigit() and len(said) < 6
    return min(int(said), _HIGHEST_LINE) if is_number else None


def _kept_like(seen: Look) -> KeptColumns | None:
    """Return what is kept already of a table with these columns, to begin with."""
    cells = tuple(seen.cells) if seen.heading else ()
    found = columns_of_all(session(), queries.accounts(session()))
    like = [
        one for one in found if one.mapping.heading == cells and one.mapping.width == seen.width
    ]
    return like[0] if len(like) == 1 else None


def _begin(kept: KeptColumns) -> dict[str, Any]:
    return {**said_of(kept.mapping), "account": str(kept.bank_account_id)}


def _guesses(guessed: Sequence[Meaning | None]) -> dict[str, str]:
    """Return what may be preset of a guess: nothing that says how much moved, and which way."""
    return {
        f"column_{place}": str(meaning)
        for place, meaning in enumerate(guessed)
        if meaning is not None and meaning not in OF_MONEY
    }


def _rows(seen: Look, mapping: CsvMapping, account: BankAccount) -> list[ReadRow]:
    """Return the first rows as they would be read; the end of a long file is seen by the check."""
    looked = mapping if seen.is_whole else replace(mapping, skip_last=0)
    profile = looked.profile(name="", account_iban=account.iban, currency=account.currency)
    return rows_as_read(seen.text, profile, most=_READ_ROWS)


def _page(
    file: BankFile,
    seen: Look,
    form: ColumnsForm,
    kept: KeptColumns | None,
    *,
    rows: Sequence[ReadRow] = (),
    keep: str = "",
) -> str:
    guessed = guess(seen.cells) if seen.heading else [None] * seen.width
    return render_template(
        "vouchers/bank/columns.html",
        file=file,
        seen=seen,
        shown=seen.rows[:SHOWN_ROWS],
        form=form,
        fields=list(zip(form.columns(), seen.cells, seen.samples, guessed, strict=True)),
        numbered=[{"label": str(place + 1)} for place in range(seen.width)],
        kept=kept,
        rows=rows,
        keep=keep,
        broken=any(row.problem for row in rows),
        error_text=error_text,
        delimiters=[
            ("semicolon", _("Semicolon ;")),
            ("comma", _("Comma ,")),
            ("tab", _("Tab")),
            ("bar", _("Bar |")),
        ],
        delimiter={sign: name for name, sign in DELIMITERS.items()}[seen.delimiter],
        encodings=list(Encoding),
        encoding=_encoding(),
        given=parameters.those("delimiter", "heading", "first", "encoding"),
    )


@bp.act(
    "/accounts/<uuid:bank_account_id>/columns/remove",
    BankAccountPermission.MAP,
    load=lambda bank_account_id: account_or_404(session(), current_actor(), bank_account_id),
)
def columns_remove(account: BankAccount) -> Next:
    """Use what is kept of an account's columns no more."""
    kept_columns.remove(session(), account, **acting())
    said = _("The columns are no longer kept: the next file is read by the names of its columns.")
    return Next(url_for(".account", bank_account_id=account.id), said)
