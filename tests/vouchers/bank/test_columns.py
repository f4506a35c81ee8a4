"""What the columns of a bank's table are: said on screen once, kept, and used from then on."""

import io
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reintegration.kernel import tasks
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.errors import Conflict, NotPermitted
from reintegration.kernel.tasks import BackgroundTask, TaskPage
from tests.factories.cast import NOW, TODAY, actor
from vouchers.bank.cli import MOST_BYTES
from vouchers.bank.models import BankFile, BankLine, BankStatementFile, KeptColumns
from vouchers.bank.services import bank_files, kept_columns
from vouchers.bank.services.statement_import import MAX_BYTES, READING, import_file
from vouchers.formats.csv_mapping import DayOrder, Meaning, Minus, mapped
from vouchers.formats.problems import StatementFileError

HEAD = "Jour;Libellé;Sortie;Entrée;Code"
SAID = {
    "column_0": "booking_date",
    "column_1": "remittance",
    "column_2": "debit",
    "column_3": "credit",
    "column_4": "counterparty_code",
    "days": "dmy",
    "decimal": ",",
    "minus": "back",
    "skip_last": "1",
}


def table(*rows: str, above: str = "") -> bytes:
    lines = [above, HEAD, *rows, "Solde;;;9,00;"]
    return ("\n".join(filter(None, lines)) + "\n").encode()


ROWS = (f"{TODAY:%d.%m.%Y};Loyer;1.250,50;;1003600000001", f"{TODAY:%d.%m.%Y};Don;;900,00;")


def mapping():
    meanings = [Meaning(SAID[f"column_{place}"]) for place in range(5)]
    return mapped(
        meanings,
        heading=HEAD.split(";"),
        delimiter=";",
        decimal=",",
        days=DayOrder.DMY,
        minus=Minus.BACK,
        skip_last=1,
    )


@pytest.fixture
def petru(cast, sign_in):
    return sign_in(cast.petru)


@pytest.fixture
def run_tasks(session):
    """Run what was queued, and return the last task."""

    def run() -> BackgroundTask:
        session.rollback()
        last = None
        while (task := tasks.next_task(session, now=NOW)) is not None:
            last = task.id
            session.commit()
            tasks.run_task(session, task, now=NOW)
            session.commit()
        return session.get(BackgroundTask, last)

    return run


def send(client, content: bytes, **more) -> str:
    """Upload a file; return the address of its check."""
    sent = {"file": (io.BytesIO(content), "extras.csv"), **more}
    answer = client.post("/bank/import", data=sent)
    assert answer.status_code == 302, answer.text
    return answer.location


def columns_address(session) -> str:
    return f"/bank/files/{session.scalars(select(BankFile.id)).one()}/columns"


def lines_of(session) -> list[tuple[int, str]]:
    session.expire_all()
    found = session.scalars(select(BankLine).order_by(BankLine.amount_minor))
    return [(line.amount_minor, line.counterparty_code) for line in found]


def keep(session, cast, **more):
    petru = actor(session, cast.petru)
    kept = kept_columns.keep(
        session, more.get("account", cast.bank_account), actor=petru, mapping=mapping(), now=NOW
    )
    session.commit()
    return kept


# --- on screen


def test_columns_that_are_not_known_are_said_on_screen_seen_and_kept(
    session, cast, petru, run_tasks
):
    check = send(petru, table(*ROWS))
    run_tasks()
    address = columns_address(session)
    refused = petru.get(f"{check}?lang=en").text
    assert "none of them is" in refused
    assert address in refused
    page = petru.get(f"{address}?lang=en").text
    assert all(name in page for name in ("Libellé", "Loyer", "1.250,50"))
    assert 'value="booking_date" selected' not in page
    said = SAID | {"account": str(cast.bank_account.id)}
    seen = petru.post(f"{address}?lang=en", data=said)
    assert seen.status_code == 200
    assert "1,250.50" in seen.text
    assert "Solde" in seen.text
    assert session.scalar(select(func.count()).select_from(KeptColumns)) == 0
    button = re.search(r'name="keep" value="([^"]+)"', seen.text)[1]
    done = petru.post(address, data=said | {"keep": button})
    assert (done.status_code, "/bank/import/" in done.location) == (302, True)
    run_tasks()
    assert lines_of(session) == []
    checked = petru.get(f"{done.location}?lang=en").text
    assert "Import these lines" in checked
    assert "Read by the columns" in checked
    assert "Left out" in checked


def test_what_was_changed_after_it_was_seen_is_shown_again_and_not_kept(
    session, cast, petru, run_tasks
):
    send(petru, table(*ROWS))
    address = columns_address(session)
    said = SAID | {"account": str(cast.bank_account.id)}
    button = re.search(r'name="keep" value="([^"]+)"', petru.post(address, data=said).text)[1]
    changed = said | {"column_2": "credit", "column_3": "debit", "keep": button}
    assert petru.post(address, data=changed).status_code == 200
    assert session.scalar(select(func.count()).select_from(KeptColumns)) == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"column_1": "booking_date"}, "are both"),
        ({"column_3": ""}, "which two are debit and credit"),
        ({"minus": "out"}, "what a minus means"),
        ({"days": ""}, "how days are written"),
        ({"decimal": ""}, "before the decimals"),
        ({"account": ""}, "Choose the account"),
        ({"skip_last": "9999"}, ""),
        ({"column_2": "nonsense"}, ""),
    ],
)
def test_a_bad_choice_is_refused_in_words_and_loses_nothing(session, cast, petru, changes, said):
    send(petru, table(*ROWS))
    sent = SAID | {"account": str(cast.bank_account.id)} | changes
    answer = petru.post(f"{columns_address(session)}?lang=en", data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="counterparty_code" selected' in answer.text or "selected" in answer.text


def test_rows_that_cannot_be_read_so_are_named_and_nothing_is_kept(session, cast, petru):
    send(petru, table("02.03.2026;x;zece;;", "32.03.2026;y;1,00;;", *ROWS))
    said = SAID | {"account": str(cast.bank_account.id)}
    text = petru.post(f"{columns_address(session)}?lang=en", data=said).text
    assert text.count("cannot be read</span>") == 2
    assert 'name="keep"' not in text


def test_what_is_guessed_about_money_is_told_and_not_preset(session, petru):
    content = b"Data;Suma;Valuta;Cont;Descriere\n02.03.2026;1,00;MDL;x;y\n"
    send(petru, content)
    text = petru.get(f"{columns_address(session)}?lang=en").text
    assert text.count("A guess by its name") == 5
    chosen = set(re.findall(r'value="(\w+)" selected|selected value="(\w+)"', text))
    assert {"".join(one) for one in chosen} & {m.value for m in Meaning} == {"remittance"}
    assert "checked" not in text


def test_how_the_file_is_split_can_be_said(session, petru):
    send(petru, b"a,b;c,d;e\n1,2;3,4;5\n")
    address = columns_address(session)
    assert (
        petru.get(f"{address}?delimiter=comma&heading=0&first=2&lang=en").text.count(
            'name="column_'
        )
        == 3
    )
    for nonsense in ("?heading=99999", "?first=x&heading=-1", "?delimiter=;", "?heading=300"):
        assert petru.get(address + nonsense).status_code in (200, 422)


def test_a_file_that_is_no_table_has_no_columns(session, petru, run_tasks):
    check = send(petru, b"PK\x03\x04\x00\x01\x02\x00")
    run_tasks()
    assert columns_address(session) not in petru.get(f"{check}?lang=en").text
    assert petru.get(columns_address(session)).status_code == 422


@pytest.mark.parametrize("who", ["alina", "irina", "ana", "boris"])
def test_only_who_imports_says_what_columns_are(session, cast, petru, sign_in, who):
    send(petru, table(*ROWS))
    assert sign_in(getattr(cast, who)).get(columns_address(session)).status_code in (403, 404)
    with pytest.raises(NotPermitted):
        kept_columns.keep(
            session,
            cast.bank_account,
            actor=actor(session, getattr(cast, who)),
            mapping=mapping(),
            now=NOW,
        )


# --- kept


def test_the_next_file_of_the_account_is_read_by_what_is_kept(session, cast):
    kept = keep(session, cast)
    petru = actor(session, cast.petru)
    report = import_file(session, actor=petru, name="x.csv", content=table(*ROWS), now=NOW)
    assert report.statements[0].columns == str(kept.id)
    assert session.scalars(select(BankStatementFile.columns_id)).one() == kept.id
    assert lines_of(session) == [(-125_050, "1003600000001"), (90_000, "")]


def test_so_does_the_command_and_its_json_tells_it(app, session, cast, tmp_path):
    keep(session, cast)
    file = tmp_path / "extras.csv"
    file.write_bytes(table(*ROWS))

    def command(*options: str):
        args = ["bank", "import", str(file), *options]
        return app.test_cli_runner().invoke(args=args)

    said = json.loads(command("--dry-run", "--json", "--lines").stdout)
    assert said["columns_kept_of"] == [cast.bank_account.iban]
    (one,) = said["statements"]
    assert (one["entries"], one["skipped"], one["sum"]) == (2, 1, "-350.50")
    assert one["lines"][0]["counterparty_code"] == "1003600000001"
    assert "5: Solde" not in json.dumps(said["problems"])
    assert "4: Solde" in said["problems"][0]["message"]
    assert lines_of(session) == []
    answer = command()
    assert answer.exit_code == 0, answer.output
    assert "columns that are kept" in answer.output
    assert len(lines_of(session)) == 2


def test_a_refused_file_names_every_wrong_row_in_the_json(app, session, cast, tmp_path):
    keep(session, cast)
    file = tmp_path / "extras.csv"
    file.write_bytes(table("02.03.2026;x;zece;;", ROWS[0], "32.03.2026;y;1,00;;"))
    args = ["bank", "import", str(file), "--dry-run", "--json"]
    answer = app.test_cli_runner().invoke(args=args)
    assert answer.exit_code == 1
    said = json.loads(answer.stdout)
    assert [one["row"] for one in said["problems"]] == [2, 4]


def test_a_file_of_another_account_is_never_read_by_what_is_kept_of_this_one(session, cast):
    keep(session, cast)
    petru = actor(session, cast.petru)
    above = f"Compte;{cast.euro_bank_account.iban};;;"
    with pytest.raises(StatementFileError) as caught:
        import_file(session, actor=petru, name="x.csv", content=table(*ROWS, above=above), now=NOW)
    assert caught.value.code == "columns_unsaid"


def test_two_accounts_with_equal_columns_ask_which_it_is_and_take_the_answer(session, cast):
    keep(session, cast)
    keep(session, cast, account=cast.euro_bank_account)
    petru, content = actor(session, cast.petru), table(*ROWS)
    with pytest.raises(StatementFileError) as caught:
        import_file(session, actor=petru, name="x.csv", content=content, now=NOW)
    assert caught.value.code == "account_unsaid"
    euro = cast.euro_bank_account
    report = import_file(session, actor=petru, name="x.csv", content=content, now=NOW, chosen=euro)
    assert [(one.iban, one.currency) for one in report.statements] == [(euro.iban, "EUR")]


def test_a_file_of_another_account_than_was_chosen_is_refused(session, cast):
    content = f"Cont;{cast.bank_account.iban}\nMDL\nData;Suma\n02.03.2026;1,00\n".encode()
    with pytest.raises(StatementFileError) as caught:
        import_file(
            session,
            actor=actor(session, cast.petru),
            name="x.csv",
            content=content,
            now=NOW,
            chosen=cast.euro_bank_account,
        )
    assert caught.value.code == "other_account"


def test_what_is_kept_stands_on_the_page_of_the_account_and_is_taken_away_there(
    session, cast, petru, sign_in
):
    keep(session, cast)
    address = f"/bank/accounts/{cast.bank_account.id}"
    assert "Libellé" in petru.get(f"{address}?lang=en").text
    button = f"{address}/columns/remove"
    assert button not in sign_in(cast.irina).get(f"{address}?lang=en").text
    assert sign_in(cast.alina).post(button).status_code == 403
    assert petru.post(button).status_code == 302
    session.expire_all()
    assert "Libellé" not in petru.get(f"{address}?lang=en").text
    with pytest.raises(Conflict):
        kept_columns.remove(session, cast.bank_account, actor=actor(session, cast.petru), now=NOW)
    acts = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert [one for one in acts if "columns" in one] == [
        "bank_account:keep_columns",
        "bank_account:remove_columns",
    ]


def test_what_is_said_anew_leaves_what_was_said_before_as_it_was(session, cast):
    before = keep(session, cast)
    petru, other = actor(session, cast.petru), mapped_otherwise()
    after = kept_columns.keep(session, cast.bank_account, actor=petru, mapping=other, now=NOW)
    assert (before.removed_at, before.mapping, after.mapping) == (NOW, mapping(), other)
    same = kept_columns.keep(session, cast.bank_account, actor=petru, mapping=other, now=NOW)
    assert same.id == after.id


def mapped_otherwise():
    return mapped(
        [Meaning.BOOKING_DATE, Meaning.AMOUNT],
        heading=["Jour", "Somme"],
        delimiter=";",
        decimal=",",
        days=DayOrder.DMY,
        minus=Minus.OUT,
    )


# --- the file between its check and its import


def csv_of(account, count: int) -> bytes:
    rows = "".join(f"{TODAY:%d.%m.%Y};-1,00;plata {n}\n" for n in range(count))
    return f"Cont;{account.iban};\nValuta;MDL;\nData;Suma;Descriere\n{rows}Total;9,00;\n".encode()


def test_a_file_is_picked_once_looked_at_line_by_line_and_then_imported(
    session, cast, petru, run_tasks
):
    check = send(petru, csv_of(cast.bank_account, 120))
    run_tasks()
    first = petru.get(f"{check}?lang=en").text
    assert all(word in first for word in ("plata 0<", "plata 49<", "Page 1 of 3", "Total 9,00"))
    assert "plata 50<" not in first
    last = petru.get(f"{check}?lines=3&lang=en").text
    assert all(word in last for word in ("plata 100<", "plata 119<"))
    for nonsense in ("?lines=0", "?lines=999999", "?lines=x&part=7", "?part=-1"):
        assert petru.get(check + nonsense).status_code == 200
    assert lines_of(session) == []
    done = petru.post(f"{check}/confirm")
    assert done.status_code == 302
    run_tasks()
    assert len(lines_of(session)) == 120
    assert "The statement is imported" in petru.get(f"{done.location}?lang=en").text
    assert "Import these lines" not in petru.get(f"{done.location}?lang=en").text


def test_a_file_that_is_being_read_says_what_is_done_and_how_much_of_it(session, cast, petru):
    check = send(petru, csv_of(cast.bank_account, 3))
    waiting = petru.get(f"{check}?lang=en").text
    assert "It waits for its turn, and begins by itself" in waiting
    assert "0 / 1" not in waiting
    task = tasks.next_task(session, now=NOW)
    task.done, task.total, task.result = 21, 80, {"doing": READING}
    session.commit()
    for address in (check, f"{check}/progress"):
        page = petru.get(f"{address}?lang=ro").text
        assert "Se citește fișierul" in page
        assert "26 %" in page
        assert 'value="26"' in page


def test_what_was_not_looked_at_so_is_not_imported(session, cast, petru, run_tasks):
    check = send(petru, csv_of(cast.bank_account, 3))
    task = run_tasks()
    report = task.result["report"] | {"lines_print": "0" * 64}
    task.result = task.result | {"report": report}
    session.commit()
    done = petru.post(f"{check}/confirm").location
    run_tasks()
    assert "read otherwise" in petru.get(f"{done}?lang=en").text
    assert lines_of(session) == []


def test_a_check_that_found_nothing_of_ours_cannot_be_confirmed(session, cast, petru, run_tasks):
    content = b"Data;Suma;Valuta;Cont\n02.03.2026;-1,00;MDL;MD24AG000000000000000000\n"
    check = send(petru, content)
    run_tasks()
    assert "Import these lines" not in petru.get(f"{check}?lang=en").text
    assert petru.post(f"{check}/confirm").status_code == 409


def test_a_file_is_given_back_as_it_came_to_who_may_see_the_bank(
    session, cast, petru, sign_in, run_tasks
):
    content = csv_of(cast.bank_account, 1)
    import_file(
        session, actor=actor(session, cast.petru), name="=1+1 „a”.csv", content=content, now=NOW
    )
    session.commit()
    file_id = session.scalars(select(BankStatementFile.file_id)).one()
    for person, status in ((cast.irina, 200), (cast.alina, 200), (cast.ana, 403)):
        answer = sign_in(person).get(f"/bank/files/{file_id}")
        assert answer.status_code == status
        if status == 200:
            assert answer.data == content
            assert answer.mimetype == "application/octet-stream"
            assert "attachment" in answer.headers["Content-Disposition"]
    page = petru.get(f"/bank/accounts/{cast.bank_account.id}?lang=en").text
    assert f"/bank/files/{file_id}" in page


def test_the_same_file_is_kept_once_and_one_that_nothing_came_of_not_for_long(
    session, cast, petru, run_tasks
):
    for _ in range(2):
        send(petru, csv_of(cast.bank_account, 60))
    run_tasks()
    assert session.scalar(select(func.count()).select_from(BankFile)) == 1
    used = csv_of(cast.bank_account, 2)
    import_file(session, actor=actor(session, cast.petru), name="u", content=used, now=NOW)
    session.execute(BankFile.__table__.update().values(put_at=NOW))
    later = NOW + bank_files.KEPT_UNUSED
    assert bank_files.forget(session, now=later) == 0
    assert bank_files.forget(session, now=later + timedelta(seconds=1)) == 1
    assert session.scalars(select(BankFile.size)).all() == [len(used)]
    assert session.scalar(select(func.count()).select_from(TaskPage)) == 0


def test_lines_that_are_no_longer_kept_are_said_to_be(session, cast, petru, run_tasks):
    check = send(petru, csv_of(cast.bank_account, 60))
    run_tasks()
    bank_files.forget(session, now=NOW + timedelta(days=30))
    session.commit()
    assert "no longer kept" in petru.get(f"{check}?lang=en").text
    assert petru.post(f"{check}/confirm").status_code == 409


def test_what_is_too_large_for_a_page_is_read_by_the_command(session, cast):
    content = csv_of(cast.bank_account, 2)
    petru = actor(session, cast.petru)
    with pytest.raises(StatementFileError) as caught:
        import_file(session, actor=petru, name="x", content=content, now=NOW, most=len(content) - 1)
    assert caught.value.code == "too_large"
    assert MOST_BYTES > MAX_BYTES
    import_file(session, actor=petru, name="x", content=content, now=NOW, most=MOST_BYTES)
    assert len(lines_of(session)) == 2
