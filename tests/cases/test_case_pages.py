"""The pages of a case: who opens which, and that nothing typed is lost."""

import pytest
from sqlalchemy import func, select

from reintegration.accounts.models import InboxMessage
from reintegration.cases.models import CaseFile, CaseMember, Consent, Note, PersonIdentity
from reintegration.cases.queries.identity import VaultState, vault_state
from reintegration.cases.services import registration
from reintegration.cases.services.vault import Identity
from reintegration.kernel.ids import new_id
from tests.factories.casework import agree, typed_case
from tests.factories.cast import NOW, actor

GET_PAGES = (
    "",
    "/facts",
    "/identity",
    "/consent",
    "/notes",
    "/team",
    "/close",
    "/reopen",
    "/emergency",
)
POSTS = {
    "/facts": {},
    "/identity": {"reason": "a letter to a school"},
    "/identity/edit": {},
    "/consent": {},
    "/notes": {"body": "x", "kind": "contact"},
    "/team": {},
    "/close": {"why": "withdrew"},
    "/reopen": {"reason": "again"},
    "/emergency": {},
    "/move/activate": {},
}
SHUT = {403, 404}
"""403 for who could never, 404 for who could in a case of their own: missing cases get the same."""
OUTSIDERS = (
    "calin",
    "vera",
    "petru",
    "alina",
    "radu",
    "irina",
    "dan",
    "rita",
    "corina",
    "boris",
    "maria",
)


@pytest.fixture
def case(session, cast):
    return registration.register(
        session,
        actor=actor(session, cast.ana),
        now=NOW,
        identity=Identity(given_name="Zeamă", family_name="Canar"),
    )


@pytest.mark.parametrize("page", GET_PAGES)
def test_the_case_manager_opens_every_page_of_her_case(session, cast, sign_in, case, page):
    assert sign_in(cast.ana).get(f"/cases/{case.id}{page}").status_code == 200


@pytest.mark.parametrize("page", ["", "/identity", "/consent", "/notes", "/team", "/emergency"])
def test_the_supervisor_of_the_case_reads(session, cast, sign_in, case, page):
    assert sign_in(cast.sergiu).get(f"/cases/{case.id}{page}").status_code == 200


@pytest.mark.parametrize("page", ["/facts", "/close", "/reopen"])
def test_the_supervisor_does_not_do_the_managers_work(session, cast, sign_in, case, page):
    assert sign_in(cast.sergiu).get(f"/cases/{case.id}{page}").status_code == 403


@pytest.mark.parametrize("who", OUTSIDERS)
@pytest.mark.parametrize("page", GET_PAGES)
def test_a_foreign_case_looks_like_a_missing_one(session, cast, sign_in, case, who, page):
    browser = sign_in(cast.people[who])
    foreign = browser.get(f"/cases/{case.id}{page}")
    missing = browser.get(f"/cases/{new_id()}{page}")
    assert foreign.status_code == missing.status_code
    assert foreign.status_code in SHUT
    assert _bare(foreign) == _bare(missing)


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_writes_into_a_foreign_case(session, cast, sign_in, case, who):
    browser = sign_in(cast.people[who])
    answers = {
        page: browser.post(f"/cases/{case.id}{page}", data=data).status_code
        for page, data in POSTS.items()
    }
    assert set(answers.values()) <= SHUT
    assert session.scalar(select(func.count()).select_from(Note)) == 0


@pytest.mark.parametrize("page", GET_PAGES)
def test_who_is_not_signed_in_is_led_to_sign_in(client, case, page):
    answer = client.get(f"/cases/{case.id}{page}")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


@pytest.mark.parametrize("who", ["vera", "petru", "irina", "dan", "rita", "boris"])
@pytest.mark.parametrize(
    "page", ["/cases/", "/cases/register", "/cases/emergency", "/cases/emergencies"]
)
def test_lists_and_forms_are_for_case_people(session, cast, sign_in, who, page):
    assert sign_in(cast.people[who]).get(page).status_code == 403


@pytest.mark.parametrize(
    ("who", "page", "status"),
    [
        ("ana", "/cases/register", 200),
        ("ana", "/cases/emergency", 200),
        ("ana", "/cases/emergencies", 403),
        ("sergiu", "/cases/emergencies", 200),
        ("sergiu", "/cases/register", 403),
        ("sergiu", "/cases/emergency", 403),
        ("sergiu", "/cases/", 200),
    ],
)
def test_workers_start_and_supervisors_decide(cast, sign_in, who, page, status):
    assert sign_in(cast.people[who]).get(page).status_code == status


def test_the_list_shows_the_caseload_and_nothing_else(session, cast, sign_in, case):
    foreign = registration.register(session, actor=actor(session, cast.calin), now=NOW)
    page = sign_in(cast.ana).get("/cases/").text
    assert case.code in page
    assert foreign.code not in page


def test_the_list_is_searched_by_code_and_cut_by_state(session, cast, sign_in, case):
    other = registration.register(session, actor=actor(session, cast.ana), now=NOW)
    case.code, other.code, other.state = "Lăstun-1111", "Cocor-2222", "active"
    browser = sign_in(cast.ana)
    assert "Cocor-2222" not in browser.get("/cases/?q=lăst").text
    assert "Lăstun-1111" not in browser.get("/cases/?state=active").text


def test_the_list_takes_as_many_queries_for_many_cases_as_for_one(
    session, cast, sign_in, case, app
):
    browser = sign_in(cast.ana)
    few = _count_queries(app, lambda: browser.get("/cases/"))
    for _ in range(12):
        registration.register(session, actor=actor(session, cast.ana), now=NOW)
    many = _count_queries(app, lambda: browser.get("/cases/"))
    assert many == few


def test_whoever_has_no_case_is_told_how_to_begin(cast, sign_in):
    page = sign_in(cast.calin).get("/cases/?lang=en").text
    assert "No case is assigned to you yet" in page
    assert "/cases/register" in page


def test_registering_without_a_name_gives_a_code(session, cast, sign_in):
    answer = sign_in(cast.ana).post("/cases/register", data=typed_case())
    assert answer.status_code == 302
    case = session.scalars(select(CaseFile)).one()
    assert session.scalar(select(func.count()).select_from(PersonIdentity)) == 0
    members = session.scalars(select(CaseMember).order_by(CaseMember.role)).all()
    assert [(m.role, m.user_id) for m in members] == [
        ("manager", cast.ana.id),
        ("supervisor", cast.sergiu.id),
    ]
    assert answer.location == f"/cases/{case.id}"


def test_registering_keeps_what_the_person_agreed_to(session, cast, sign_in):
    sign_in(cast.ana).post(
        "/cases/register",
        data=typed_case(scopes=["case_management", "contact"], mode="written", consent_locale="ru"),
    )
    given = session.scalars(select(Consent).order_by(Consent.scope)).all()
    assert [(c.scope, c.mode, c.locale) for c in given] == [
        ("case_management", "written", "ru"),
        ("contact", "written", "ru"),
    ]


def test_a_name_without_agreement_is_refused_and_nothing_typed_is_lost(session, cast, sign_in):
    answer = sign_in(cast.ana).post(
        "/cases/register?lang=en",
        data=typed_case(given_name="Zeamă", contact_hours="după 18", territorial_unit="MD-UN"),
    )
    assert answer.status_code == 422
    assert 'value="Zeamă"' in answer.text
    assert 'value="după 18"' in answer.text
    assert '<option selected value="MD-UN">' in answer.text
    assert session.scalar(select(func.count()).select_from(CaseFile)) == 0


@pytest.mark.parametrize(
    ("field", "typed"), [("birth_year", "98"), ("dependants", "-1"), ("birth_year", "19x8")]
)
def test_a_wrong_answer_comes_back_as_it_wastyped_case(session, cast, sign_in, field, typed):
    answer = sign_in(cast.ana).post("/cases/register", data=typed_case(**{field: typed}))
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text


def test_a_home_cannot_be_a_place_to_avoid(session, cast, sign_in, case):
    answer = sign_in(cast.ana).post(
        f"/cases/{case.id}/facts?lang=en",
        data=typed_case(territorial_unit="MD-UN", excluded_units=["MD-UN"]),
    )
    assert answer.status_code == 422
    assert "it cannot also be a place to avoid" in answer.text


def test_facts_are_changed_and_the_trail_names_only_which(session, cast, sign_in, case):
    agree(session, cast, case)
    sign_in(cast.ana).post(
        f"/cases/{case.id}/facts", data=typed_case(sex="female", birth_year="1998")
    )
    session.refresh(case)
    assert (case.sex, case.birth_year) == ("female", 1998)
    page = sign_in(cast.ana).get(f"/cases/{case.id}?lang=en").text
    assert "Facts were changed" in page


def test_the_name_is_shown_once_after_a_reason(session, cast, sign_in, case):
    browser = sign_in(cast.ana)
    assert "Canar" not in browser.get(f"/cases/{case.id}/identity").text
    shown = browser.post(f"/cases/{case.id}/identity", data={"reason": "a letter to a school"})
    assert "Canar" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert "Canar" not in browser.get(f"/cases/{case.id}/identity").text


def test_a_look_without_a_reason_shows_nothing(cast, sign_in, case):
    answer = sign_in(cast.ana).post(f"/cases/{case.id}/identity", data={"reason": " "})
    assert answer.status_code == 422
    assert "Canar" not in answer.text


def test_the_team_sees_who_looked_and_why(cast, sign_in, case):
    sign_in(cast.sergiu).post(f"/cases/{case.id}/identity", data={"reason": "checking a mistake"})
    assert "checking a mistake" in sign_in(cast.ana).get(f"/cases/{case.id}").text


def test_a_corrected_name_is_sealed_again(session, cast, sign_in, case):
    agree(session, cast, case)
    browser = sign_in(cast.ana)
    browser.post(
        f"/cases/{case.id}/identity/edit", data={"given_name": "Zeamă", "phone": "+373 60"}
    )
    shown = browser.post(f"/cases/{case.id}/identity", data={"reason": "a letter to a school"})
    assert "+373 60" in shown.text
    assert "Canar" not in shown.text


def test_without_the_consent_to_keep_a_file_a_name_is_emptied_and_none_written_down(
    session, cast, sign_in, case
):
    browser = sign_in(cast.ana)
    address = f"/cases/{case.id}/identity/edit"
    assert browser.post(address, data={"given_name": "Zeamă"}).status_code == 409
    assert vault_state(session, case.id) is VaultState.SEALED
    assert browser.post(address, data={"given_name": ""}).status_code == 302
    session.expire_all()
    assert session.scalars(select(PersonIdentity.family_name)).all() == [None]


def test_a_note_is_kept_and_corrected_by_a_later_one(session, cast, sign_in, case):
    agree(session, cast, case)
    browser = sign_in(cast.ana)
    browser.post(f"/cases/{case.id}/notes", data={"kind": "contact", "body": "A sunat la 12"})
    note = session.scalars(select(Note)).one()
    assert "A sunat la 12" in sign_in(cast.sergiu).get(f"/cases/{case.id}/notes").text
    assert (
        "Correction of the note"
        in browser.get(f"/cases/{case.id}/notes?correct={note.id}&lang=en").text
    )


def test_no_page_changes_a_note(app):
    about_notes = {rule.rule for rule in app.url_map.iter_rules() if "notes" in rule.rule}
    assert about_notes == {"/cases/<uuid:case_id>/notes"}


def test_an_empty_note_is_refused(session, cast, sign_in, case):
    assert sign_in(cast.ana).post(f"/cases/{case.id}/notes", data={"body": " "}).status_code == 422


def test_a_co_worker_added_by_the_supervisor_opens_the_case_until_taken_off(
    session, cast, sign_in, case
):
    boss, calin = sign_in(cast.sergiu), sign_in(cast.calin)
    assert boss.post(f"/cases/{case.id}/team", data={"person": cast.calin.id}).status_code == 302
    assert calin.get(f"/cases/{case.id}").status_code == 200
    told = session.scalars(select(InboxMessage).where(InboxMessage.user_id == cast.calin.id)).one()
    assert (told.message, told.link) == ("You now work on case %(code)s.", f"/cases/{case.id}")
    boss.post(f"/cases/{case.id}/team/{cast.calin.id}/remove")
    assert calin.get(f"/cases/{case.id}").status_code == 404


def test_a_closed_case_is_read_and_not_written(session, cast, sign_in, case):
    case.state, case.closure_reason, case.closed_at = "closed", "relocated", NOW
    browser = sign_in(cast.ana)
    writes = {
        "/notes": {"kind": "contact", "body": "x"},
        "/identity/edit": {"given_name": "x"},
        "/facts": typed_case(sex="male"),
        "/close": {"why": "withdrew"},
        "/consent": {
            "scopes": ["contact"],
            "mode": "oral",
            "consent_locale": "ro",
            "provider": "",
            "valid_until": "2099-01-01",
        },
    }
    answers = {
        page: browser.post(f"/cases/{case.id}{page}", data=data).status_code
        for page, data in writes.items()
    }
    assert set(answers.values()) <= {409, 422}
    session.refresh(case)
    assert case.sex == "unspecified"
    for page in ("", "/notes", "/consent", "/identity", "/team"):
        assert browser.get(f"/cases/{case.id}{page}").status_code == 200


def test_the_case_page_takes_as_many_queries_for_much_as_for_little(
    session, cast, sign_in, case, app
):
    browser = sign_in(cast.ana)
    browser.post(f"/cases/{case.id}/notes", data={"kind": "contact", "body": "one"})
    few = _count_queries(app, lambda: browser.get(f"/cases/{case.id}"))
    for _ in range(3):
        browser.post(f"/cases/{case.id}/notes", data={"kind": "contact", "body": "more"})
        browser.post(f"/cases/{case.id}/identity", data={"reason": "a letter to a school"})
    many = _count_queries(app, lambda: browser.get(f"/cases/{case.id}"))
    assert many == few


def test_a_move_that_is_not_on_the_page_is_not_found(cast, sign_in, case):
    assert sign_in(cast.ana).post(f"/cases/{case.id}/move/close").status_code == 404


def test_a_case_manager_does_not_choose_her_own_team(cast, sign_in, case):
    answer = sign_in(cast.ana).post(f"/cases/{case.id}/team", data={"person": cast.calin.id})
    assert answer.status_code == 403


def test_only_case_workers_join_a_team(cast, sign_in, case):
    answer = sign_in(cast.sergiu).post(f"/cases/{case.id}/team", data={"person": cast.petru.id})
    assert answer.status_code == 422


def _bare(answer):
    """The page without what differs in any two answers: nonces, tokens and the address itself."""
    import re

    return re.sub(r'nonce="[^"]+"|value="[^"]+"', "", answer.text)


def _count_queries(app, request):
    from sqlalchemy import event

    from reintegration.kernel.db import db

    with app.app_context():
        engine = db.engine
    seen = []

    def note(*arguments):
        seen.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        request()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


@pytest.mark.parametrize("page", ["/cases/register", "/cases/emergency"])
def test_nothing_about_a_person_is_preset_not_even_the_language(cast, sign_in, page):
    text = sign_in(cast.ana).get(f"{page}?lang=ru").text
    field = text[text.index('name="language"') :].partition("</select>")[0]
    assert 'value=""' in field.partition("</option>")[0]
    assert "selected" not in field


def test_a_language_that_was_not_asked_is_refused(cast, sign_in):
    answer = sign_in(cast.ana).post("/cases/register", data=typed_case() | {"language": ""})
    assert answer.status_code == 422
