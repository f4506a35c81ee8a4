"""Without the consent to keep a file only what keeps people safe is written, and what ends the work."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from reintegration.cases.models import Note
from reintegration.cases.services import case_moves, consent, notes, registration, vault
from reintegration.cases.services.registration import CaseFacts
from reintegration.cases.services.vault import Identity
from reintegration.cases.states import (
    WITHOUT_CONSENT,
    ClosureReason,
    ConsentScope,
    ContactChannel,
    NoteKind,
)
from reintegration.codelists.people import Sex
from reintegration.kernel.errors import Conflict
from reintegration.plans.services import milestones, needs
from tests.factories.casework import consent_of, make_casework
from tests.factories.cast import NOW, TODAY, actor

SAYS = "The person has not agreed that a file is kept"


@pytest.fixture
def work(session, cast):
    """A case whose person took back that a file is kept."""
    work = make_casework(session, cast)
    vault.make_person_key(session, work.case, now=NOW)
    keep = consent_of(session, work.case, ConsentScope.CASE_MANAGEMENT)
    consent.withdraw(session, keep, actor=actor(session, cast.ana), case=work.case, now=NOW)
    return work


def not_kept():
    return pytest.raises(Conflict, check=lambda refused: refused.code == "not_kept")


def write(session, cast, case, kind):
    ana = actor(session, cast.ana)
    return notes.write(session, actor=ana, case=case, kind=kind, body="Sună după prânz.", now=NOW)


def edit(session, cast, case, **changes):
    facts = replace(
        CaseFacts(**{name: registration._plain(case, name) for name in registration.FACTS}),
        **changes,
    )
    registration.edit_facts(session, case, actor=actor(session, cast.ana), facts=facts, now=NOW)


@pytest.mark.parametrize("kind", [kind for kind in NoteKind if kind not in WITHOUT_CONSENT])
def test_no_note_is_written_without_the_consent_to_keep_a_file(session, cast, work, kind):
    with not_kept():
        write(session, cast, work.case, kind)


def test_a_note_about_a_danger_is_written_all_the_same(session, cast, work):
    assert write(session, cast, work.case, NoteKind.SAFETY).kind is NoteKind.SAFETY


def test_facts_are_not_changed_but_those_that_keep_the_person_safe(session, cast, work):
    with not_kept():
        edit(session, cast, work.case, sex=Sex.MALE)
    edit(
        session,
        cast,
        work.case,
        contact_channel=ContactChannel.IN_PERSON,
        excluded_units=("MD-SO",),
    )
    assert work.case.excluded_units == ["MD-SO"]


def test_no_name_is_written_down(session, cast, work):
    ana = actor(session, cast.ana)
    with not_kept():
        identity = Identity(given_name="Ileana")
        vault.store_identity(session, actor=ana, case=work.case, identity=identity, now=NOW)


def test_no_step_and_no_need_is_said_to_be_reached(session, cast, work):
    ana = actor(session, cast.ana)
    step, need = work.milestone, work.milestone.goal.need
    with not_kept():
        milestones.begin(session, step, actor=ana, now=NOW)
    with not_kept():
        milestones.complete(session, step, actor=ana, evidence="Da", on=TODAY, now=NOW)
    with not_kept():
        milestones.reopen(session, step, actor=ana, now=NOW)
    for said in (needs.meet, needs.reopen):
        with not_kept():
            said(session, need, actor=ana, now=NOW)


def test_the_case_can_be_closed(session, cast, work):
    ana = actor(session, cast.ana)
    case_moves.close(session, work.case, actor=ana, reason=ClosureReason.WITHDREW, now=NOW)
    assert work.case.state == "closed"


def test_the_pages_say_what_can_still_be_written(session, cast, sign_in, work):
    browser = sign_in(cast.ana)
    page = browser.get(f"/cases/{work.case.id}/notes?lang=en").text
    assert SAYS in page
    assert "Only a note about a danger to somebody can be written." in page
    assert 'value="observation"' not in page
    facts = browser.get(f"/cases/{work.case.id}/facts?lang=en").text
    assert "Only how to be in touch and which places to avoid can be changed" in facts
    sent = browser.post(f"/cases/{work.case.id}/notes", data={"kind": "safety", "body": "Pericol"})
    assert sent.status_code == 302
    assert session.scalars(select(Note.kind)).all() == [NoteKind.SAFETY]
