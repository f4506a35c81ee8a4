"""What a provider brings and what an officer looks at, by the law that it stands under."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from providers.directory.queries.checklists import CHECKLISTS, checklist_of, read_identifier
from providers.directory.queries.documents import checklist, documents_end
from providers.directory.states import DocumentKind, IdentifierForm, Jurisdiction, OfferingState
from providers.vetting.services import vetting
from reintegration.kernel.errors import Invalid
from reintegration.kernel.rule_kinds import LANGUAGES
from reintegration.kernel.states import StateEvent
from reintegration.rulebook.services import deciding
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.rules import set_rule
from tests.providers.makers import COUNSELLING, give_documents, offering_in

RIGHT = Jurisdiction.RIGHT_BANK
LOOK = {"ro": ("Sediul", "Registrul"), "ru": ("Адрес", "Реестр"), "en": ("Place", "Register")}
TOMORROW = TODAY + timedelta(days=1)


def asking(**changes):
    return replace(checklist_of(RIGHT, TODAY), **changes)


def more_documents():
    return asking(documents=checklist_of(RIGHT, TODAY).documents | {DocumentKind.FIRE_SAFETY})


def propose(session, cast, value, entry=RIGHT.value):
    return deciding.propose(
        session,
        CHECKLISTS,
        actor=actor(session, cast.dan),
        value=value,
        first_day=TOMORROW,
        reason="Legea s-a schimbat",
        entry=entry,
        now=NOW,
    )


def assess(session, cast, offering, **looked):
    return vetting.assess(session, offering, actor=actor(session, cast.vera), now=NOW, **looked)


def test_a_list_asks_every_provider_of_its_law_and_nobody_else(session, cast):
    set_rule(session, cast, CHECKLISTS, more_documents(), entry=RIGHT.value, since=TODAY)
    offering = cast.offerings[COUNSELLING]
    asked = [item.kind for item in checklist(offering, [], TODAY)]
    assert DocumentKind.FIRE_SAFETY in asked
    offering.provider.jurisdiction = Jurisdiction.LEFT_BANK
    assert DocumentKind.FIRE_SAFETY not in [one.kind for one in checklist(offering, [], TODAY)]


def test_what_is_approved_is_judged_by_the_list_of_that_day(session, cast):
    offering, provider = cast.offerings[COUNSELLING], cast.provider
    held = give_documents(session, cast, provider, COUNSELLING, until=TODAY + timedelta(days=50))
    set_rule(session, cast, CHECKLISTS, more_documents(), entry=RIGHT.value, since=TODAY)
    late = give_documents(session, cast, provider, COUNSELLING, until=TODAY + timedelta(days=9))
    fire = next(one for one in late if one.kind == DocumentKind.FIRE_SAFETY)
    offering.approved_at = NOW - timedelta(days=2)
    assert documents_end(offering, [*held, fire]) == TODAY + timedelta(days=50)
    offering.approved_at = NOW
    assert documents_end(offering, [*held, fire]) == TODAY + timedelta(days=9)


def test_an_officer_ticks_each_thing_of_the_list_and_it_is_kept(session, cast, sign_in):
    set_rule(session, cast, CHECKLISTS, asking(checks=LOOK), entry=RIGHT.value, since=TODAY)
    offering = offering_in(session, cast, OfferingState.SUBMITTED)
    session.commit()
    vera, at = sign_in(cast.vera), f"/providers/vetting/{offering.id}"
    assert "Registrul" in vera.get(at).text
    assert vera.post(f"{at}/assess", data={"looked_at": ["Sediul"]}).status_code == 422
    assert vera.post(f"{at}/assess", data={"looked_at": list(LOOK["ro"])}).status_code == 302
    kept = session.scalars(select(StateEvent.data).where(StateEvent.move == "assess")).one()
    assert [line["en"] for line in kept["looked_at"]] == ["Place", "Register"]
    assert kept["version"] == str(CHECKLISTS.version(TODAY, RIGHT.value).id)
    assert "Registrul" in sign_in(cast.victor).get(at).text


def test_a_list_that_was_another_one_when_it_was_ticked_is_asked_again(session, cast, sign_in):
    set_rule(session, cast, CHECKLISTS, asking(checks=LOOK), entry=RIGHT.value, since=TODAY)
    offering = offering_in(session, cast, OfferingState.SUBMITTED)
    session.commit()
    sent = sign_in(cast.vera).post(
        f"/providers/vetting/{offering.id}/assess", data={"looked_at": ["Adresa", "Prețurile"]}
    )
    assert sent.status_code == 422
    assert offering.state == OfferingState.SUBMITTED


def test_without_such_a_list_an_officer_ticks_nothing(session, cast):
    offering = offering_in(session, cast, OfferingState.SUBMITTED)
    assert assess(session, cast, offering).state == OfferingState.PENDING_APPROVAL


def test_a_thing_that_was_not_looked_at_is_asked_for(session, cast):
    set_rule(session, cast, CHECKLISTS, asking(checks=LOOK), entry=RIGHT.value, since=TODAY)
    offering = offering_in(session, cast, OfferingState.SUBMITTED)
    with pytest.raises(Invalid) as refused:
        assess(session, cast, offering, looked_at=LOOK["ro"][1:])
    assert refused.value.field == "looked_at"


def test_a_number_is_read_as_its_law_writes_it(session, cast):
    assert read_identifier("1003 6000 5555 5", RIGHT, TODAY) == "1003600055555"
    assert read_identifier("A-17", Jurisdiction.ABROAD, TODAY) == "A-17"
    set_rule(
        session, cast, CHECKLISTS, asking(form=IdentifierForm.FREE), entry=RIGHT.value, since=TODAY
    )
    session.connection()  # a transaction hears the rules as it begins
    assert read_identifier("A-17", RIGHT, TODAY) == "A-17"


def test_the_checks_are_as_many_in_each_language(session, cast):
    with pytest.raises(Invalid) as refused:
        propose(session, cast, asking(checks={**LOOK, "ru": ("Адрес",)}))
    assert refused.value.field == "value_checks_ru"


def test_nobody_adds_a_law(session, cast):
    with pytest.raises(Invalid, match="Nobody adds"):
        propose(session, cast, asking(), entry="mars")


def test_the_preview_counts_who_has_not_brought_it(session, cast):
    give_documents(session, cast, cast.provider, COUNSELLING)
    version = propose(session, cast, more_documents())
    (lacking,) = deciding.consequences(session, CHECKLISTS, version)
    assert lacking.count == 2
    fewer = asking(checks=dict.fromkeys(LANGUAGES, ()), documents=frozenset())
    deciding.take_back(session, version, actor=actor(session, cast.dan), reason="x", now=NOW)
    assert deciding.consequences(session, CHECKLISTS, propose(session, cast, fewer)) == []
