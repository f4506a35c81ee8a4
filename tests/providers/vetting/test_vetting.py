"""Vetting: two officers for an approval, two for lifting a suspension, and the terms."""

from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import func, select

from providers.directory.models import Offering
from providers.directory.queries.documents import DocumentStatus, checklist, is_old
from providers.directory.services import profiles
from providers.directory.services.profiles import Terms
from providers.directory.states import OfferingState
from providers.referrals.services.referral_moves import REFERRAL
from providers.vetting.services import documents, expiry, vetting
from providers.vetting.services.offering_events import OfferingReinstated, OfferingSuspended
from reintegration.accounts.models import InboxMessage
from reintegration.codelists.documents import DocumentKind
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel import clock, hooks
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from reintegration.kernel.money import Money
from reintegration.kernel.states import StateEvent
from tests.factories.cast import NOW, TODAY, actor
from tests.providers.makers import COUNSELLING, give_documents, offering_in

UNTIL = TODAY + timedelta(days=300)


def _pending(session, cast, **changes):
    give_documents(session, cast, cast.provider, COUNSELLING)
    offering = offering_in(session, cast, OfferingState.SUBMITTED, **changes)
    return vetting.assess(session, offering, actor=actor(session, cast.vera), now=NOW)


def add_document(session, cast, by, *, issued_on, expires_on):
    documents.add_document(
        session,
        actor=actor(session, by),
        provider=cast.provider,
        kind=DocumentKind.LICENCE,
        reference="L-1",
        issued_on=issued_on,
        expires_on=expires_on,
        now=NOW,
    )


def test_a_second_officer_approves_what_the_first_assessed(session, cast):
    offering = _pending(session, cast)
    vetting.approve(session, offering, actor=actor(session, cast.victor), until=UNTIL, now=NOW)
    assert offering.state == OfferingState.APPROVED
    assert (offering.approved_by, offering.approved_until) == (cast.victor.id, UNTIL)


@pytest.mark.parametrize("field", ["assessed_by", "submitted_by"])
def test_nobody_approves_what_they_assessed_or_submitted(session, cast, field):
    offering = _pending(session, cast)
    setattr(offering, field, cast.victor.id)
    session.flush()
    with pytest.raises(NotPermitted):
        vetting.approve(session, offering, actor=actor(session, cast.victor), until=UNTIL, now=NOW)


@pytest.mark.parametrize(
    ("officer", "status", "state"),
    [("vera", 403, OfferingState.PENDING_APPROVAL), ("victor", 302, OfferingState.APPROVED)],
)
def test_not_the_assessor_but_the_second_officer_approves_on_the_page(
    session, cast, sign_in, officer, status, state
):
    offering = _pending(session, cast)
    url = f"/providers/vetting/{offering.id}/approve"
    answer = sign_in(getattr(cast, officer)).post(url, data={"until": UNTIL.isoformat()})
    session.refresh(offering)
    assert (answer.status_code, offering.state) == (status, state)


@pytest.mark.parametrize("kind", sorted(DocumentKind))
def test_an_approval_needs_each_required_document(session, cast, kind):
    offering = _pending(session, cast)
    held = [one for one in offering.provider.documents if one.kind == kind]
    for document in held:
        session.delete(document)
    session.flush()
    by = actor(session, cast.victor)
    if held:
        with pytest.raises(Conflict):
            vetting.approve(session, offering, actor=by, until=UNTIL, now=NOW)
    else:
        vetting.approve(session, offering, actor=by, until=UNTIL, now=NOW)


def test_an_expired_document_does_not_carry_an_approval(session, cast):
    offering = _pending(session, cast)
    offering.provider.documents[0].expires_on = TODAY - timedelta(days=1)
    session.flush()
    with pytest.raises(Conflict):
        vetting.approve(session, offering, actor=actor(session, cast.victor), until=UNTIL, now=NOW)


def test_a_document_that_nobody_checked_does_not_count(session, cast):
    made = give_documents(session, cast, cast.provider, COUNSELLING)
    for document in made:
        document.checked_at = None
    offering = cast.offerings[COUNSELLING]
    assert {item.status for item in checklist(offering, made, TODAY)} == {DocumentStatus.UNCHECKED}


def test_shelters_need_protection_documents_and_doctors_a_licence(cast):
    shelter = checklist(cast.offerings[ServiceCategory.SHELTER], [], TODAY)
    medical = checklist(cast.offerings[ServiceCategory.MEDICAL], [], TODAY)
    assert {DocumentKind.PSEA, DocumentKind.SAFEGUARDING, DocumentKind.ACCREDITATION} <= {
        item.kind for item in shelter
    }
    assert DocumentKind.LICENCE in {item.kind for item in medical}


@pytest.mark.parametrize("days", [0, -1, 5000])
def test_an_approval_ends_after_today_and_within_three_years(session, cast, days):
    offering = _pending(session, cast)
    until = TODAY + timedelta(days=days)
    with pytest.raises(Invalid):
        vetting.approve(session, offering, actor=actor(session, cast.victor), until=until, now=NOW)


def test_a_suspension_is_announced_in_the_same_transaction(session, cast, monkeypatch):
    heard: list[object] = []
    monkeypatch.setattr(hooks, "announce", lambda _session, event: heard.append(event))
    offering = cast.offerings[COUNSELLING]
    by = actor(session, cast.vera)
    vetting.suspend(session, offering, actor=by, reason="Plângere", now=NOW)
    assert heard == [OfferingSuspended(offering.id, NOW, by)]


def test_lifting_a_suspension_is_announced(session, cast, monkeypatch):
    give_documents(session, cast, cast.provider, COUNSELLING)
    offering = cast.offerings[COUNSELLING]
    vetting.suspend(session, offering, actor=actor(session, cast.vera), reason="x", now=NOW)
    session.commit()
    heard: list[object] = []
    monkeypatch.setattr(hooks, "announce", lambda _session, event: heard.append(event))
    by = actor(session, cast.victor)
    vetting.reinstate(session, offering, actor=by, reason="Lămurit", now=NOW)
    assert heard == [OfferingReinstated(offering.id, NOW, by)]


def test_what_a_hook_raises_leaves_the_offering_approved(session, cast, sign_in, monkeypatch):
    offering = cast.offerings[COUNSELLING]

    def broken(_session, _event):
        raise Conflict("stop")

    monkeypatch.setattr(hooks, "announce", broken)
    answer = sign_in(cast.vera).post(
        f"/providers/vetting/{offering.id}/suspend", data={"reason": "Plângere"}
    )
    session.refresh(offering)
    assert (answer.status_code, offering.state) == (409, OfferingState.APPROVED)


def test_whoever_suspended_does_not_lift_it(session, cast):
    give_documents(session, cast, cast.provider, COUNSELLING)
    offering = cast.offerings[COUNSELLING]
    by = actor(session, cast.vera)
    vetting.suspend(session, offering, actor=by, reason="x", now=NOW)
    session.commit()
    with pytest.raises(NotPermitted):
        vetting.reinstate(session, offering, actor=by, reason="y", now=NOW)


def test_a_suspension_needs_a_reason(session, cast):
    with pytest.raises(Invalid):
        vetting.suspend(
            session,
            cast.offerings[COUNSELLING],
            actor=actor(session, cast.vera),
            reason=" ",
            now=NOW,
        )


def test_the_page_says_what_a_suspension_would_stop(cast, sign_in):
    page = sign_in(cast.vera).get(f"/providers/vetting/{cast.offerings[COUNSELLING].id}/suspend")
    assert page.status_code == 200
    assert b'class="consequences"' in page.data


def test_an_officer_asks_and_the_provider_answers(session, cast, sign_in):
    offering = offering_in(session, cast, OfferingState.SUBMITTED)
    session.commit()
    sign_in(cast.vera).post(
        f"/providers/vetting/{offering.id}/ask", data={"reason": "Ce orar aveți?"}
    )
    manager = sign_in(cast.maria)
    url = f"/providers/offerings/{offering.id}/answer"
    asked = manager.get(url)
    manager.post(url, data={"reason": "Luni până vineri"})
    session.refresh(offering)
    assert "Ce orar aveți?" in asked.text
    assert offering.state == OfferingState.SUBMITTED


def test_an_approval_ends_when_its_term_passes(session, cast):
    offering = cast.offerings[COUNSELLING]
    offering.approved_until = TODAY - timedelta(days=1)
    session.flush()
    assert expiry.expire_offerings(session, now=NOW) == 1
    assert offering.state == OfferingState.EXPIRED


def test_an_approval_ends_when_a_required_document_ends(session, cast):
    give_documents(session, cast, cast.provider, COUNSELLING, until=TODAY - timedelta(days=1))
    expiry.expire_offerings(session, now=NOW)
    assert cast.offerings[COUNSELLING].state == OfferingState.EXPIRED


def test_a_newer_document_keeps_the_approval(session, cast):
    give_documents(session, cast, cast.provider, COUNSELLING, until=TODAY - timedelta(days=1))
    give_documents(session, cast, cast.provider, COUNSELLING)
    expiry.expire_offerings(session, now=NOW)
    assert cast.offerings[COUNSELLING].state == OfferingState.APPROVED


@pytest.mark.parametrize(("days", "messages"), [(91, 0), (90, 1), (31, 1), (30, 1), (7, 1), (0, 1)])
def test_a_document_is_reminded_of_in_time(session, cast, days, messages):
    add_document(
        session,
        cast,
        cast.vera,
        issued_on=TODAY - timedelta(days=10),
        expires_on=TODAY + timedelta(days=days),
    )
    for _again in range(2):
        expiry.remind_documents(session, now=NOW)
    for reader in (cast.vera, cast.victor, cast.maria):
        count = select(func.count()).where(InboxMessage.user_id == reader.id)
        assert session.scalar(count) == messages


def test_each_threshold_reminds_once(session, cast):
    add_document(
        session,
        cast,
        cast.vera,
        issued_on=TODAY - timedelta(days=10),
        expires_on=TODAY + timedelta(days=90),
    )
    for days in range(92):
        expiry.remind_documents(session, now=NOW + timedelta(days=days))
    count = select(func.count()).where(InboxMessage.user_id == cast.vera.id)
    assert session.scalar(count) == 3


def test_a_document_cannot_end_before_it_begins(session, cast):
    with pytest.raises(Invalid):
        add_document(
            session, cast, cast.vera, issued_on=TODAY, expires_on=TODAY - timedelta(days=1)
        )


def test_a_document_that_is_corrected_counts_as_checked_by_who_corrects_it(session, cast):
    document = give_documents(session, cast, cast.provider, COUNSELLING)[0]
    documents.change_document(
        session,
        document,
        actor=actor(session, cast.victor),
        kind=document.kind,
        reference="A-2",
        issued_on=TODAY,
        expires_on=None,
        now=NOW,
    )
    assert (document.checked_by, document.checked_at) == (cast.victor.id, NOW)


def test_a_document_that_is_removed_counts_no_more_and_stays_in_the_trail(session, cast):
    offering = _pending(session, cast)
    document = next(d for d in offering.provider.documents if d.kind is DocumentKind.REGISTRATION)
    documents.remove_document(session, document, actor=actor(session, cast.vera), now=NOW)
    with pytest.raises(Conflict):
        vetting.approve(session, offering, actor=actor(session, cast.victor), until=UNTIL, now=NOW)
    event = select(AuditEvent).where(AuditEvent.action == "vetting_document:remove")
    assert session.scalars(event).one().subject_id == document.id


def test_only_officers_keep_documents(session, cast):
    with pytest.raises(NotPermitted):
        add_document(session, cast, cast.maria, issued_on=TODAY, expires_on=None)


@pytest.mark.parametrize("machine", [vetting.OFFERING, REFERRAL], ids=lambda machine: machine.name)
def test_a_move_starts_only_where_the_table_says(machine):
    states = type(machine.initial)
    for name, move in machine.moves.items():
        for state in states:
            if state in move.sources:
                assert machine.target(state, name) is move.target
            else:
                with pytest.raises(Conflict):
                    machine.target(state, name)


def test_every_move_is_kept_with_its_maker(session, cast):
    offering = _pending(session, cast)
    event = session.scalars(
        select(StateEvent)
        .where(StateEvent.aggregate_id == offering.id)
        .order_by(StateEvent.id.desc())
    ).first()
    assert (event.move, event.actor_id) == ("assess", cast.vera.id)


def test_only_a_job_lets_an_approval_expire(session, cast):
    with pytest.raises(NotPermitted):
        vetting.move(
            session, cast.offerings[COUNSELLING], "expire", actor=actor(session, cast.vera), now=NOW
        )
    vetting.move(session, cast.offerings[COUNSELLING], "expire", actor=SYSTEM, now=NOW)
    assert session.get(Offering, cast.offerings[COUNSELLING].id).state == OfferingState.EXPIRED


def _write(session, cast, offering, by):
    terms = Terms(offering.name, COUNSELLING, Unit.SESSION, Money(20_000, "MDL"), ("ro",))
    return profiles.edit_offering(session, offering, actor=actor(session, by), terms=terms, now=NOW)


def test_nobody_checks_or_approves_an_offering_of_which_they_wrote_a_part(session, cast):
    give_documents(session, cast, cast.provider, COUNSELLING)
    offering = offering_in(session, cast, OfferingState.DRAFT)
    _write(session, cast, offering, cast.vera)
    _write(session, cast, offering, cast.maria)
    maria, vera = actor(session, cast.maria), actor(session, cast.vera)
    vetting.submit(session, offering, actor=maria, now=NOW)
    with pytest.raises(NotPermitted):
        vetting.assess(session, offering, actor=vera, now=NOW)
    vetting.assess(session, offering, actor=actor(session, cast.victor), now=NOW)
    with pytest.raises(NotPermitted):
        vetting.approve(session, offering, actor=vera, until=UNTIL, now=NOW)
    assert set(offering.written_by) == {cast.vera.id, cast.maria.id}


def test_whoever_drafts_an_offering_wrote_it(session, cast):
    terms = Terms("Consiliere nouă", COUNSELLING, Unit.SESSION, Money(20_000, "MDL"), ("ro",))
    site, by = cast.offerings[COUNSELLING].site, actor(session, cast.vera)
    made = profiles.draft_offering(session, site, actor=by, terms=terms, now=NOW)
    assert made.written_by == [cast.vera.id]


def test_what_is_written_anew_after_an_approval_is_checked_anew_by_others(session, cast):
    offering = _pending(session, cast)
    vetting.approve(session, offering, actor=actor(session, cast.victor), until=UNTIL, now=NOW)
    vetting.move(session, offering, "expire", actor=SYSTEM, now=NOW)
    _write(session, cast, offering, cast.victor)
    assert (offering.assessed_by, offering.approved_by) == (None, None)
    vetting.submit(session, offering, actor=actor(session, cast.maria), now=NOW)
    with pytest.raises(NotPermitted):
        vetting.assess(session, offering, actor=actor(session, cast.victor), now=NOW)


def test_what_is_approved_is_searched_by_service_and_by_provider(session, cast, sign_in):
    one = offering_in(session, cast, OfferingState.APPROVED, name="Consiliere de grup")
    other = offering_in(session, cast, OfferingState.APPROVED, name="Terapie prin artă")
    vera = sign_in(cast.vera)
    found = vera.get("/providers/vetting/?state=approved&q=terapie prin arta").text
    assert other.name in found
    assert one.name not in found
    everything = vera.get(f"/providers/vetting/?state=approved&q={cast.provider.name[:5]}").text
    assert one.name in everything
    assert "Nimic" in vera.get("/providers/vetting/?state=approved&q=zzz").text


@pytest.mark.parametrize(("days", "said"), [(30, False), (31, True)])
def test_free_places_that_were_said_long_ago_say_so(session, cast, sign_in, days, said):
    offering = offering_in(session, cast, OfferingState.APPROVED)
    offering.capacity, offering.updated_at = 8, clock.now() - timedelta(days=days)
    assert is_old(clock.local_day(offering.updated_at), clock.local_day(clock.now())) is said
    for one in offering.provider.offerings:
        one.updated_at = offering.updated_at
    page = sign_in(cast.ana).get(f"/providers/{offering.provider_id}").text
    assert ("small clay" in page) is said


def test_a_service_without_a_language_is_asked_for_one_beside_the_field(session, cast, sign_in):
    site = cast.offerings[COUNSELLING].site
    address = f"/providers/sites/{site.id}/offerings/new?lang=en"
    typed = {"category": str(COUNSELLING), "name": "Consiliere de seară", "unit": "session"}
    typed |= {"price": "120.50", "currency": "MDL", "min_age": "0", "max_age": "120"}
    answer = sign_in(cast.maria).post(address, data={**typed, "sex_policy": "any"})
    assert answer.status_code == 422
    form = form_with(answer, "languages")
    assert "Tick at least one language." in form.text_content()
    assert (form.fields["name"], form.fields["price"]) == ("Consiliere de seară", "120.50")
    found = select(Offering.id).where(Offering.name == "Consiliere de seară")
    assert session.scalar(found) is None


def test_one_that_was_written_without_a_language_is_asked_for_it_before_its_check(
    session, cast, sign_in
):
    offering = offering_in(session, cast, OfferingState.DRAFT, languages=[])
    session.commit()
    manager = sign_in(cast.maria)
    answer = manager.post(f"/providers/offerings/{offering.id}/submit?lang=en")
    assert answer.status_code == 422
    form = form_with(answer, "languages")
    assert "Say in which languages the service is given" in form.text_content()
    assert form.fields["name"] == offering.name
    form.fields["languages"] = ["ro"]
    assert manager.post(form.action, data=dict(form.form_values())).status_code == 302
    assert manager.post(f"/providers/offerings/{offering.id}/submit").status_code == 302
    session.refresh(offering)
    assert (offering.state, offering.languages) == (OfferingState.SUBMITTED, ["ro"])


def test_what_waits_for_a_check_already_is_not_shown_to_be_changed(session, cast, sign_in):
    offering = offering_in(session, cast, OfferingState.SUBMITTED)
    session.commit()
    answer = sign_in(cast.maria).post(f"/providers/offerings/{offering.id}/submit?lang=en")
    assert answer.status_code == 409
    assert "This can no longer be done" in answer.text
    assert 'name="languages"' not in answer.text


def form_with(answer, name):
    """Return the form of a page in which a field stands."""
    forms = html.fromstring(answer.text).forms
    return next(form for form in forms if name in form.fields)
