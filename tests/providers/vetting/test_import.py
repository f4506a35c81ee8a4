"""Importing providers: forgiving about how a file is written, strict about what it says."""

import io
import json
import zipfile

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from providers.directory.models import Offering, Provider, Site
from providers.directory.states import OfferingState
from providers.vetting.services.imports import providers_import
from providers.vetting.services.imports.rows import check
from providers.vetting.services.imports.vocabulary import allowed
from providers.vetting.views.imports import COLUMNS, EXAMPLE
from reintegration.codelists.territorial_units import find_unit
from reintegration.kernel import tasks
from reintegration.kernel.errors import Invalid
from reintegration.kernel.tasks import BackgroundTask
from reintegration.kernel.text import plain
from reintegration.web import table_reading
from tests.factories.cast import NOW, actor

HEAD = "organisation;identifier;site;territorial_unit;category;service;price;languages"
ROW = "Casa Nouă;1003600077777;Sediu;Ungheni;consiliere;Consiliere individuală;500,50;ro, rusă"


def examine(text, encoding="utf-8"):
    return providers_import.examine(text.encode(encoding))


def sentences(checked):
    return [(one.row, one.column, one.message) for one in checked.errors]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_a_file_is_read_whatever_its_letters_and_separators(encoding, sign):
    text = f"{HEAD}\r\nMünchner Haus;1003600077777;Sediu;Balti;shelter;Adapost;500;ro\r\n".replace(
        ";", sign
    )
    checked = examine(text, encoding)
    assert not checked.errors
    assert checked.rows[0].organisation == "Münchner Haus"
    assert (checked.rows[0].territorial_unit, checked.rows[0].unit) == ("MD-BA", "night")


def test_a_russian_file_from_an_old_spreadsheet_is_read():
    text = (
        "организация;идентификатор;место;район;категория;услуга;цена;языки\n"
        "Дом Надежды;1003600077777;Офис;MD-SN;приют;Ночлег;200;русский, румынский\n"
    )
    row = examine(text, "cp1251").rows[0]
    assert (row.organisation, row.category, row.languages) == (
        "Дом Надежды",
        "shelter",
        ("ru", "ro"),
    )


def test_romanian_heads_are_understood():
    text = (
        "Denumire;IDNO;Sediu;Raion;Categorie;Serviciu;Preț;Valută;Copii;Pentru cine;Locuri\n"
        "Casa;1003600077777;Sediu;Stânga Nistrului;cazare temporară;Cazare;1.200,50;MDL;da;femei;8\n"
    )
    row = examine(text).rows[0]
    assert (row.price_minor, row.accepts_children, row.sex_policy, row.capacity) == (
        120_050,
        True,
        "female",
        8,
    )


@pytest.mark.parametrize("name", ["Rîșcani", "Râșcani", "riscani", "RISCANI", "MD-RI", "md-ri"])
def test_a_district_is_known_by_name_or_code_with_or_without_diacritics(name):
    row = examine(f"{HEAD}\n{ROW.replace('Ungheni', name)}").rows[0]
    assert row.territorial_unit == "MD-RI"


@pytest.mark.parametrize(
    ("was", "becomes", "column"),
    [
        ("Ungheni", "Atlantida", "territorial_unit"),
        ("consiliere;", "zbor;", "category"),
        ("500,50", "mult", "price"),
        ("500,50", "-5", "price"),
        ("500,50", "0", "price"),
        ("500,50", "1,2345", "price"),
        ("ro, rusă", "klingon", "languages"),
        ("Casa Nouă", "", "organisation"),
        ("1003600077777", "", "identifier"),
        ("Sediu", "x" * 121, "site"),
        ("Casa Nouă", "x" * 161, "organisation"),
        ("Casa Nouă", "…", "organisation"),
        ("Consiliere individuală", "x" * 161, "service"),
    ],
)
def test_each_wrong_cell_is_named_by_row_and_column(was, becomes, column):
    checked = examine(f"{HEAD}\n{ROW.replace(was, becomes)}\n")
    assert [(one.row, one.column) for one in checked.errors] == [(2, column)]
    assert not checked.rows


def test_all_errors_of_a_row_are_said_at_once():
    checked = examine(f"{HEAD}\n;;Sediu;Atlantida;zbor;;mult;ro\n")
    assert len(checked.errors) == 6


def test_the_same_service_twice_is_an_error_of_the_second():
    checked = examine(f"{HEAD}\n{ROW}\n\n{ROW}\n")
    assert [one.row for one in checked.errors] == [4]
    assert checked.errors[0].params == {"first": 2}
    assert len(checked.rows) == 1


def test_one_number_with_two_names_is_an_error():
    other = ROW.replace("Casa Nouă", "Alt nume").replace("individuală", "de grup")
    assert [one.column for one in examine(f"{HEAD}\n{ROW}\n{other}\n").errors] == ["organisation"]


def test_missing_columns_are_named():
    checked = examine("organisation;price\nCasa;5\n")
    assert {one.column for one in checked.errors} == {
        "identifier",
        "site",
        "territorial_unit",
        "category",
        "service",
    }


def test_a_column_that_stands_twice_is_an_error():
    assert [one.row for one in examine(f"{HEAD};preț\n{ROW};5\n").errors] == [1]


def test_fifty_unknown_columns_are_left_out_and_named():
    extra = ";".join(f"x{number}" for number in range(50))
    checked = examine(f"{HEAD};{extra}\n{ROW};{extra}\n")
    assert (len(checked.ignored), len(checked.rows), checked.errors) == (50, 1, ())


@pytest.mark.parametrize(
    "content",
    [b"", b"   \n\n", b"\x00\x01\x02", b"PK\x03\x04broken", b"\xff\xfe\x00", b"%PDF-1.7\x00"],
)
def test_garbage_gets_a_sentence(content):
    with pytest.raises(Invalid):
        providers_import.examine(content)


def test_too_many_columns_and_rows_get_a_sentence():
    with pytest.raises(Invalid):
        examine(";".join("x" * 150) + "\n")
    with pytest.raises(Invalid):
        examine("x\n" * (table_reading.MAX_ROWS + 5))


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_is_read():
    head, row = HEAD.split(";"), ROW.split(";")
    row[6] = 500.5
    row[1] = 1003600077777
    checked = providers_import.examine(workbook(head, row))
    assert checked.errors == ()
    assert (checked.rows[0].price_minor, checked.rows[0].identifier) == (50_050, "1003600077777")


def test_a_formula_is_not_taken_for_its_value():
    row = ROW.split(";")
    row[6] = "=500+0.5"
    checked = providers_import.examine(workbook(HEAD.split(";"), row))
    assert [(one.row, one.column) for one in checked.errors] == [(2, "price")]


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(table_reading, "_MAX_UNPACKED", 10)
    with pytest.raises(Invalid):
        providers_import.examine(workbook(["a"]))


def test_a_zip_that_is_no_workbook_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(Invalid):
        providers_import.examine(buffer.getvalue())


def test_our_own_template_is_valid():
    lines = ";".join(COLUMNS), ";".join(EXAMPLE)
    checked = check(table_reading.read("\n".join(lines).encode()))
    assert (checked.errors, checked.ignored, len(checked.rows)) == ((), (), 1)


def write(session, cast, text):
    rows = examine(text).rows
    return providers_import.write(session, actor=actor(session, cast.vera), rows=rows, now=NOW)


def test_what_is_imported_waits_for_a_check(session, cast):
    summary = write(session, cast, f"{HEAD}\n{ROW}\n")
    offering = session.scalar(select(Offering).where(Offering.name == "Consiliere individuală"))
    assert (offering.state, offering.submitted_by) == (OfferingState.SUBMITTED, cast.vera.id)
    assert (summary.providers_added, summary.sites_added, summary.offerings_added) == (1, 1, 1)


def test_the_same_file_twice_changes_nothing(session, cast):
    write(session, cast, f"{HEAD}\n{ROW}\n")
    before = session.scalar(select(func.count()).select_from(Offering))
    summary = write(session, cast, f"{HEAD}\n{ROW}\n")
    assert (summary.unchanged, summary.offerings_added, summary.providers_added) == (1, 0, 0)
    assert session.scalar(select(func.count()).select_from(Offering)) == before


def test_an_approved_price_is_not_changed_by_a_file(session, cast):
    write(session, cast, f"{HEAD}\n{ROW}\n")
    offering = session.scalar(select(Offering).where(Offering.name == "Consiliere individuală"))
    offering.state = OfferingState.APPROVED.value
    session.flush()
    summary = write(session, cast, f"{HEAD}\n{ROW.replace('500,50', '900')}\n")
    assert (summary.kept, offering.price_minor) == (1, 50_050)


def test_a_file_that_forgets_the_mark_does_not_open_a_confidential_place(session, cast):
    write(session, cast, f"{HEAD};confidential\n{ROW};da\n")
    write(session, cast, f"{HEAD}\n{ROW}\n")
    provider = session.scalar(select(Provider).where(Provider.identifier == "1003600077777"))
    assert session.scalar(select(Site).where(Site.provider_id == provider.id)).confidential


@pytest.fixture
def command(app, session, tmp_path):
    def run(text, *options, encoding="utf-8"):
        session.commit()
        file = tmp_path / "list.csv"
        file.write_text(text, encoding=encoding)
        return app.test_cli_runner().invoke(args=["providers", "import", str(file), *options])

    return run


def count(session):
    session.expire_all()
    return session.scalar(
        select(func.count()).select_from(Provider).where(Provider.identifier == "1003600077777")
    )


def test_the_command_writes_a_valid_file(session, cast, command):
    answer = command(f"{HEAD}\n{ROW}\n")
    assert (answer.exit_code, count(session)) == (0, 1)


def test_the_command_takes_the_letters_of_the_file_by_their_usual_name(session, cast, command):
    answer = command(f"{HEAD}\n{ROW}\n", "--encoding", "cp1250", encoding="cp1250")
    assert (answer.exit_code, count(session)) == (0, 1)


def test_a_dry_run_writes_nothing(session, cast, command):
    answer = command(f"{HEAD}\n{ROW}\n", "--dry-run")
    assert (answer.exit_code, count(session)) == (0, 0)


def test_one_wrong_row_stops_the_command(session, cast, command):
    answer = command(f"{HEAD}\n{ROW}\n{ROW.replace('500,50', 'mult')}\n")
    assert (answer.exit_code, count(session)) == (1, 0)
    assert "row 3 (Casa Nouă), price" in answer.output


def test_the_valid_part_is_written_when_asked_for(session, cast, command):
    wrong = ROW.replace("individuală", "de grup").replace("500,50", "mult")
    answer = command(f"{HEAD}\n{ROW}\n{wrong}\n", "--take-valid")
    assert (answer.exit_code, count(session)) == (0, 1)


def run_tasks(session):
    task = tasks.next_task(session, now=NOW)
    session.commit()
    tasks.run_task(session, task, now=NOW)
    session.commit()
    return task


def upload(browser, content, name="list.csv"):
    answer = browser.post("/providers/import/", data={"file": (io.BytesIO(content), name)})
    return answer.location


def test_the_browser_checks_then_writes_what_was_confirmed(session, cast, sign_in):
    officer = sign_in(cast.vera)
    page = upload(officer, f"{HEAD}\n{ROW}\n".encode("utf-8-sig"))
    assert "refresh" in officer.get(page).text
    run_tasks(session)
    assert count(session) == 0
    assert officer.get(f"{page}/progress").headers["HX-Refresh"] == "true"
    done = officer.post(f"{page}/confirm").location
    run_tasks(session)
    assert count(session) == 1
    assert officer.get(done).status_code == 200


def test_the_browser_shows_each_error_and_gives_them_as_a_file(session, cast, sign_in):
    officer = sign_in(cast.vera)
    wrong = ROW.replace("consiliere;", "=HYPERLINK();").replace("Casa Nouă;", "=Casa Nouă;")
    page = upload(officer, f"{HEAD}\n{wrong}\n".encode())
    run_tasks(session)
    assert "=HYPERLINK()" in officer.get(page).text
    errors = officer.get(f"{page}/errors.csv").text
    assert "2;'=Casa Nouă;category;" in errors
    assert "Casa Nouă" in officer.get(page).text
    assert officer.post(f"{page}/confirm").status_code == 409


def test_a_broken_file_is_told_on_the_page(session, cast, sign_in):
    officer = sign_in(cast.vera)
    page = upload(officer, b"PK\x03\x04broken", "list.xlsx")
    run_tasks(session)
    assert officer.get(page).status_code == 200
    assert "notice--clay" in officer.get(page).text


def test_an_upload_without_a_file_is_refused(cast, sign_in):
    assert sign_in(cast.vera).post("/providers/import/", data={}).status_code == 422


def test_an_import_of_somebody_else_is_not_there(session, cast, sign_in):
    page = upload(sign_in(cast.vera), f"{HEAD}\n{ROW}\n".encode())
    assert session.scalar(select(func.count()).select_from(BackgroundTask)) == 1
    other = sign_in(cast.victor)
    assert other.get(page).status_code == 404
    assert other.post(f"{page}/confirm").status_code == 404


def test_a_number_that_belongs_to_another_provider_stops_its_row_and_renames_nobody(session, cast):
    known = cast.provider
    row = f"Altcineva SRL;{known.identifier};Sediu;Orhei;psiholog;Consiliere;350;ro"
    found = examine(f"{HEAD}\n{row}\n")
    checked = providers_import.compared(session, found)
    assert checked.rows == ()
    assert checked.errors[0].column == "organisation"
    assert checked.errors[0].params["name"] == known.name
    assert checked.errors[0].params["other"] == "Altcineva SRL"


@pytest.mark.parametrize("number", ["1,0036E+12", "100360005555", "10036000555555", "IDNO"])
def test_a_number_that_is_no_idno_is_an_error_of_its_cell(number):
    found = examine(f"{HEAD}\nCentrul A;{number};Sediu;Orhei;psiholog;Consiliere;100;ro\n")
    assert [error.column for error in found.errors] == ["identifier"]


def test_a_left_bank_number_stands_as_it_is_written():
    head = f"{HEAD};jurisdiction"
    found = examine(f"{head}\nДом;200-017;Офис;Тирасполь;приют;Ночлег;200;ru;левый берег\n")
    assert found.errors == ()
    assert (found.rows[0].identifier, found.rows[0].territorial_unit) == ("200-017", "MD-SN")


def test_hidden_rows_and_sheets_are_not_imported_and_said_to_be_left_out():
    book = Workbook()
    book.active.title, book.active.sheet_state = "Vechi", "hidden"
    sheet = book.create_sheet("Lista")
    other = ROW.replace("individuală", "ascunsă").split(";")
    for cells in (HEAD.split(";"), other, ROW.split(";")):
        sheet.append(cells)
    sheet.row_dimensions[2].hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    checked = providers_import.examine(buffer.getvalue())
    assert [(one.row, one.service) for one in checked.rows] == [(3, "Consiliere individuală")]
    told = {note.message: note.params for note in checked.notes}
    assert told[table_reading.HIDDEN_ROWS] == {"count": "1", "rows": "2"}
    assert told[table_reading.OTHER_SHEETS] == {"name": "Lista", "others": "Vechi"}


def test_a_workbook_of_hidden_sheets_is_refused():
    content = workbook(HEAD.split(";"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, zipfile.ZipFile(io.BytesIO(content)) as known:
        for part in known.namelist():
            text = known.read(part).replace(b'state="visible"', b'state="hidden"')
            archive.writestr(part, text)
    with pytest.raises(Invalid, match="hidden"):
        providers_import.examine(buffer.getvalue())


def test_an_error_names_the_organisation_of_its_row():
    (error,) = examine(f"{HEAD}\n{ROW.replace('500,50', 'mult')}\n").errors
    assert error.whose == "Casa Nouă"


def test_what_may_stand_in_the_cells_is_shown_and_is_what_is_read(cast, sign_in):
    page = sign_in(cast.vera).get("/providers/import/?lang=en").text
    for word in ("cazare temporară", "Ștefan Vodă", "malul stâng", "noapte"):
        assert plain(word) in plain(page)
    assert all(find_unit(word) for (word,) in allowed()["territorial unit"])


def test_a_dry_run_answers_one_json_of_rows_and_errors(session, cast, command):
    wrong = ROW.replace("individuală", "de grup").replace("500,50", "mult")
    answer = command(f"{HEAD}\n{ROW}\n{wrong}\n", "--dry-run", "--json")
    said = json.loads(answer.stdout)
    assert (answer.exit_code, count(session)) == (1, 0)
    assert said["rows"] == [
        {
            "row": 2,
            "organisation": "Casa Nouă",
            "identifier": "1003600077777",
            "site": "Sediu",
            "territorial_unit": "MD-UN",
            "category": "mental_health",
            "service": "Consiliere individuală",
            "price": "500.50",
            "currency": "MDL",
        }
    ]
    (error,) = said["errors"]
    assert (error["row"], error["column"]) == (3, "price")
    assert "mult" in error["message"]


def test_a_file_that_is_no_table_is_the_same_json(cast, command):
    answer = command("", "--dry-run", "--json")
    said = json.loads(answer.stdout)
    assert (answer.exit_code, said["rows"], said["errors"][0]["row"]) == (1, [], None)


def test_a_whole_file_is_json_too_and_says_what_was_written(session, cast, command):
    answer = command(f"{HEAD}\n{ROW}\n", "--json")
    said = json.loads(answer.stdout)
    assert (answer.exit_code, count(session)) == (0, 1)
    assert said["written"]["offerings_added"] == 1
