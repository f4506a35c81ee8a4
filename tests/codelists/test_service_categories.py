"""A category of services is what the institution says of it from a day on; what was done stays."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from providers.directory.queries.documents import checklist, documents_end
from providers.directory.services import profiles
from providers.directory.states import OfferingState
from providers.referrals.queries.matching import LineWithCase, request_of
from providers.vetting.services import vetting
from providers.vetting.services.imports.vocabulary import category_words
from reintegration.codelists.documents import DocumentKind
from reintegration.codelists.life_domains import Domain
from reintegration.codelists.people import AgeGroup, Sex, SexPolicy
from reintegration.codelists.proof_kinds import PROOF_KINDS, Proof, ProofKind
from reintegration.codelists.service_categories import SERVICE_CATEGORIES, Service, ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.dated_rules import Coming
from reintegration.kernel.errors import Conflict, Invalid
from reintegration.kernel.money import Money
from reintegration.kernel.text import plain
from reintegration.plans.services import plan_lines
from reintegration.rulebook.services import deciding
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.rules import set_rule
from tests.factories.vouchers import deliver, make_voucher
from tests.plans.plan_makers import a_service, write_plan
from tests.providers.makers import COUNSELLING, give_documents, offering_in
from vouchers.voucher.models import Redemption

TOMORROW = TODAY + timedelta(days=1)
NEXT = NOW + timedelta(days=1)
UNTIL = TODAY + timedelta(days=300)
SIGNING = "sign_language"
SAID = Service(
    {"ro": "Limbajul semnelor", "ru": "Жестовый язык", "en": "Sign language"},
    Domain.FAMILY_SOCIAL,
    Unit.HOUR,
    ProofKind.SIGNED_LIST,
    documents=frozenset({DocumentKind.LICENCE}),
)


def agreed(session, cast, rule, entry, value, *, is_new=False):
    """Have a value proposed by Dan and approved by Sergiu today, from tomorrow on."""
    version = deciding.propose(
        session,
        rule,
        actor=actor(session, cast.dan),
        value=value,
        first_day=TOMORROW,
        reason="So it was decided",
        entry=entry,
        is_new=is_new,
        now=NOW,
    )
    deciding.approve(session, version, actor=actor(session, cast.sergiu), now=NOW)
    session.commit()
    session.connection()  # a transaction begins, and hears of it


def let(session, cast, rule, entry, value, **since):
    """Let an entry say something, since long ago or since a day."""
    set_rule(session, cast, rule, value, entry=entry, **since)
    session.connection()  # a transaction begins, and hears of it


def changed(session, cast, category=COUNSELLING, **parts):
    """Let a category say something else since long ago."""
    let(session, cast, SERVICE_CATEGORIES, category, replace(category.on(TODAY), **parts))


def terms(category):
    return profiles.Terms("Ședință", category, Unit.HOUR, Money(30_000, "MDL"), ["ro"])


def planned(session, cast, w, category, *, now):
    return plan_lines.add_line(
        session,
        w.milestone,
        actor=w.ana,
        category=category,
        service=a_service(cast),
        revision=w.plan.revision,
        now=now,
    )


def test_a_new_category_is_offered_planned_and_promised_from_its_first_day(session, cast):
    agreed(session, cast, SERVICE_CATEGORIES, SIGNING, SAID, is_new=True)
    signing, maria, w = (
        ServiceCategory(SIGNING),
        actor(session, cast.maria),
        write_plan(session, cast),
    )
    site = cast.offerings[COUNSELLING].site
    with pytest.raises(Conflict, match="out of use"):
        profiles.draft_offering(session, site, actor=maria, terms=terms(signing), now=NOW)
    with pytest.raises(Conflict, match="out of use"):
        planned(session, cast, w, signing, now=NOW)

    made = profiles.draft_offering(session, site, actor=maria, terms=terms(signing), now=NEXT)
    give_documents(session, cast, cast.provider, COUNSELLING)
    vetting.submit(session, made, actor=maria, now=NEXT)
    vetting.assess(session, made, actor=actor(session, cast.vera), now=NEXT)
    vetting.approve(session, made, actor=actor(session, cast.victor), until=UNTIL, now=NEXT)
    assert planned(session, cast, w, signing, now=NEXT).category == signing
    cast.offerings[signing] = made
    work = make_casework(session, cast, category=signing, unit_price=made.price)
    issued = make_voucher(session, cast, work, category=signing, valid_from=TOMORROW, now=NEXT)
    session.commit()
    session.refresh(issued.voucher)
    assert (issued.voucher.category, issued.voucher.proof) == (signing, ProofKind.SIGNED_LIST)
    assert made.state == OfferingState.APPROVED


def test_what_is_no_code_of_the_list_is_refused_in_python_and_in_the_database(session, cast):
    with pytest.raises(ValueError, match="no code of ServiceCategory"):
        ServiceCategory("astrology")
    for change in (
        "UPDATE offering SET category = 'astrology'",
        "UPDATE budget_line SET categories = '{shelter,astrology}'",
        "INSERT INTO service_category (code) VALUES ('astrology')",
    ):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text(change))
    assert session.execute(text("DELETE FROM service_category")).rowcount == 0


def test_out_of_use_nothing_new_begins_and_what_there_is_goes_on(session, cast):
    issued = make_voucher(session, cast)
    w, edited = write_plan(session, cast), offering_in(session, cast, OfferingState.DRAFT)
    changed(session, cast, in_use=False)
    maria = actor(session, cast.maria)
    with pytest.raises(Conflict, match="out of use"):
        profiles.draft_offering(
            session, edited.site, actor=maria, terms=terms(COUNSELLING), now=NOW
        )
    with pytest.raises(Conflict, match="out of use"):
        planned(session, cast, w, COUNSELLING, now=NOW)
    with pytest.raises(Conflict, match="out of use"):
        make_voucher(session, cast)
    profiles.edit_offering(session, edited, actor=maria, terms=terms(COUNSELLING), now=NOW)
    assert deliver(session, cast.rita, issued).redemption_id is not None
    assert COUNSELLING not in ServiceCategory.offered()
    assert COUNSELLING in list(ServiceCategory)


def test_a_page_offers_what_is_in_use_and_what_a_service_has_already(session, cast, sign_in):
    edited = offering_in(session, cast, OfferingState.DRAFT)
    named = {"ro": "Discuții", "ru": "Беседы", "en": "Talks"}
    changed(session, cast, in_use=False, name=named)
    manager = sign_in(cast.maria)
    fresh = manager.get(f"/providers/sites/{edited.site_id}/offerings/new?lang=ru").text
    kept = manager.get(f"/providers/offerings/{edited.id}/edit?lang=ru").text
    assert "Транспорт" in fresh
    assert "Беседы" not in fresh
    assert "Беседы" in kept


def test_a_voucher_keeps_its_proof_and_the_next_one_has_the_other(session, cast):
    before = make_voucher(session, cast)
    changed(session, cast, proof=ProofKind.CASE_MANAGER)
    assert before.voucher.proof == ProofKind.PIN
    assert make_voucher(session, cast).voucher.proof == ProofKind.CASE_MANAGER


def test_a_kind_of_proof_speaks_the_institutions_words_and_works_as_its_method(session, cast):
    words = PROOF_KINDS.on(TODAY)["signed_list"]
    register = replace(words, name={"ro": "Registru", "ru": "Журнал", "en": "Register"})
    let(session, cast, PROOF_KINDS, "register", register)
    changed(session, cast, proof=ProofKind("register"))
    issued = make_voucher(session, cast)
    deliver(session, cast.rita, issued, pin=None)
    session.commit()
    [proof] = session.scalars(select(Redemption.proof))
    assert (proof, proof.label, proof.method) == ("register", "Register", Proof.SIGNED_LIST)


def test_a_pin_of_the_institutions_own_kind_is_kept_as_that_kind(session, cast):
    words = PROOF_KINDS.on(TODAY)["pin"]
    known = {"ro": "Cod la recepție", "ru": "Код на месте", "en": "Code at the desk"}
    let(session, cast, PROOF_KINDS, "desk_code", replace(words, name=known))
    changed(session, cast, proof=ProofKind("desk_code"))
    deliver(session, cast.rita, make_voucher(session, cast))
    session.commit()
    [proof] = session.scalars(select(Redemption.proof))
    assert (proof, proof.label) == ("desk_code", "Code at the desk")


def test_how_a_kind_of_proof_works_stays_for_good(session, cast):
    other = replace(PROOF_KINDS.on(TODAY)["pin"], method=Proof.STAY)
    with pytest.raises(Invalid, match="stays as it is"):
        agreed(session, cast, PROOF_KINDS, "pin", other)


def test_a_code_is_given_once(session, cast):
    with pytest.raises(Invalid, match="of this code already"):
        agreed(session, cast, SERVICE_CATEGORIES, "shelter", SAID, is_new=True)


def test_a_document_more_is_asked_at_the_next_approval_and_ends_none(session, cast):
    held = give_documents(session, cast, cast.provider, COUNSELLING)
    approved = offering_in(
        session, cast, OfferingState.APPROVED, approved_at=NOW - timedelta(days=30)
    )
    waiting = offering_in(session, cast, OfferingState.SUBMITTED)
    vetting.assess(session, waiting, actor=actor(session, cast.vera), now=NOW)
    more = COUNSELLING.on(TODAY).documents | {DocumentKind.FIRE_SAFETY}
    value = replace(COUNSELLING.on(TODAY), documents=more)
    let(session, cast, SERVICE_CATEGORIES, COUNSELLING, value, since=TODAY)
    assert DocumentKind.FIRE_SAFETY in {one.kind for one in checklist(approved, held, TODAY)}
    victor = actor(session, cast.victor)
    with pytest.raises(Conflict, match="documents are missing"):
        vetting.approve(session, waiting, actor=victor, until=UNTIL, now=NOW)
    held[0].kind, held[0].expires_on = DocumentKind.FIRE_SAFETY, TODAY
    assert documents_end(approved, held) == held[1].expires_on
    assert documents_end(waiting, held) == TODAY


def test_an_approval_keeps_which_documents_it_was_judged_by(session, cast):
    give_documents(session, cast, cast.provider, COUNSELLING)
    waiting = offering_in(session, cast, OfferingState.PENDING_APPROVAL)
    vetting.approve(session, waiting, actor=actor(session, cast.victor), until=UNTIL, now=NOW)
    noted = select(AuditEvent.data).where(
        AuditEvent.action == "offering:approve", AuditEvent.subject_id == waiting.id
    )
    assert "licence" in session.scalar(noted)["documents"]


def test_before_approval_it_is_said_what_a_change_would_touch(session, cast):
    make_voucher(session, cast)
    before = COUNSELLING.on(TODAY)
    more = replace(
        before, documents=before.documents | {DocumentKind.FIRE_SAFETY}, proof=ProofKind.STAY
    )
    said = {
        change.message.rpartition(":")[0]: change.count
        for change in SERVICE_CATEGORIES.would_change(
            session, Coming(COUNSELLING, before, more, TOMORROW)
        )
    }
    assert said == {
        "Planned services of it": 1,
        "Approved services of it, which stay approved": 2,
        "Of them, without a document that their next approval needs": 2,
        "Open vouchers of it, which keep their proof": 1,
    }


def test_a_service_is_not_planned_for_whom_it_is_certainly_not_meant(session, cast):
    w = write_plan(session, cast)
    changed(session, cast, sex=SexPolicy.MALE, ages=AgeGroup.CHILDREN)
    w.case.sex, w.case.birth_year = Sex.UNSPECIFIED, None
    planned(session, cast, w, COUNSELLING, now=NOW)
    w.case.sex = Sex.FEMALE
    with pytest.raises(Invalid, match="meant for other people"):
        planned(session, cast, w, COUNSELLING, now=NOW)


def test_whether_children_come_is_what_the_list_says_today(session, cast):
    work = make_casework(session, cast)
    found = LineWithCase(work.line, work.case)
    assert not request_of(found, units=1, today=TODAY).children_come
    changed(session, cast, children_come=True)
    assert request_of(found, units=1, today=TODAY).children_come


def test_an_import_knows_a_category_by_its_code_and_its_names(session, cast):
    let(session, cast, SERVICE_CATEGORIES, SIGNING, SAID)
    words = ("Sign language", "limbajul semnelor", "Жестовый язык", SIGNING)
    assert {category_words()[plain(word)] for word in words} == {SIGNING}


@pytest.mark.parametrize("language", ["ro", "ru", "en"])
def test_a_name_is_written_in_all_three_languages_or_refused(session, cast, language):
    unnamed = replace(SAID, name={**SAID.name, language: " "})
    with pytest.raises(Invalid) as refused:
        agreed(session, cast, SERVICE_CATEGORIES, SIGNING, unnamed, is_new=True)
    assert refused.value.field == f"value_name_{language}"


def test_the_name_is_that_of_the_day(session, cast):
    named = replace(COUNSELLING.on(TODAY), name={"ro": "Discuții", "ru": "Беседы", "en": "Talks"})
    let(session, cast, SERVICE_CATEGORIES, COUNSELLING, named, since=TOMORROW)
    assert COUNSELLING.label == "Counselling"
    assert COUNSELLING.on(TOMORROW).name["en"] == "Talks"
    assert COUNSELLING.on(date.min).name["en"] == "Counselling"


def test_a_new_category_is_written_on_a_page_and_read_beside_its_parts(session, cast, sign_in):
    typed = {
        "entry": SIGNING,
        **{f"value_name_{language}": name for language, name in SAID.name.items()},
        "value_domain": SAID.domain,
        "value_unit": SAID.unit,
        "value_proof": SAID.proof,
        "value_documents": sorted(SAID.documents),
        "value_ages": SAID.ages,
        "value_sex": SAID.sex,
        "value_in_use": "y",
        "first_day": TOMORROW.isoformat(),
        "reason": "Asked for by two offices",
    }
    lacking = sign_in(cast.dan).post(
        "/rules/propose/service_categories?lang=en", data={**typed, "value_name_ru": ""}
    )
    assert "Write it in Romanian, Russian and English" in lacking.text
    sent = sign_in(cast.dan).post("/rules/propose/service_categories", data=typed)
    page = sign_in(cast.sergiu).get(sent.location + "?lang=ru").text
    for said in ("Жестовый язык", "Подписанный список", "Профессиональная лицензия"):
        assert said in page
