"""Referrals: what is told, who answers, and the place that is held meanwhile."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, func, select, update
from sqlalchemy.orm import Session

from providers.directory.models import Offering
from providers.directory.states import OfferingState
from providers.referrals.models import Pseudonym, Referral
from providers.referrals.queries import referrals as reading
from providers.referrals.queries.matching import LineWithCase, candidates, request_of
from providers.referrals.services import referrals
from providers.referrals.services.disclosure import FIELDS, Asked
from providers.referrals.services.stops import expire_referrals
from providers.referrals.states import ReferralState, RejectionReason
from providers.vetting.services import vetting
from reintegration.accounts.models import InboxMessage
from reintegration.cases.models import Consent
from reintegration.cases.services import consent as consents
from reintegration.cases.states import ConsentMode, ConsentScope, ContactChannel
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from reintegration.kernel.ids import new_id
from reintegration.kernel.outbox import OutboxMessage
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor
from tests.providers.makers import COUNSELLING, accepted, drafted, offering_in, sent


def test_a_referral_goes_from_draft_to_completed(session, cast):
    referral = accepted(session, cast, make_casework(session, cast))
    coordinator = actor(session, cast.corina)
    referrals.start(session, referral, actor=coordinator, now=NOW)
    referrals.complete(session, referral, actor=coordinator, now=NOW)
    assert (referral.state, referral.ended_at) == (ReferralState.COMPLETED, NOW)


def test_an_unapproved_line_cannot_be_referred(session, cast):
    work = make_casework(session, cast)
    work.line.approved_ceiling_minor = 0
    with pytest.raises(Conflict):
        drafted(session, cast, work)


def test_without_consent_nothing_is_written(session, cast):
    work = make_casework(session, cast)
    work.consent.withdrawn_at = NOW
    session.flush()
    with pytest.raises(Conflict, match="agreed"):
        drafted(session, cast, work)


def test_a_consent_that_ends_between_draft_and_send_stops_it(session, cast):
    work = make_casework(session, cast)
    referral = drafted(session, cast, work)
    work.consent.valid_until = TODAY - timedelta(days=1)
    session.flush()
    with pytest.raises(Conflict):
        referrals.send(
            session,
            referral,
            actor=actor(session, cast.ana),
            found=LineWithCase(work.line, work.case),
            now=NOW,
        )


def test_a_provider_cannot_accept_once_the_consent_has_ended(session, cast):
    work = make_casework(session, cast)
    referral = sent(session, cast, work)
    work.consent.valid_until = TODAY - timedelta(days=1)
    session.flush()
    with pytest.raises(Conflict):
        referrals.accept(session, referral, actor=actor(session, cast.corina), now=NOW)


def test_a_suspended_offering_is_not_referred_to(session, cast):
    offering = offering_in(session, cast, OfferingState.SUSPENDED)
    with pytest.raises(Conflict):
        drafted(session, cast, make_casework(session, cast), offering=offering)


@pytest.mark.parametrize("units", [0, -1, 13])
def test_no_more_is_asked_for_than_the_plan_has(session, cast, units):
    with pytest.raises(Invalid):
        drafted(session, cast, make_casework(session, cast), units=units)


def test_what_is_sent_is_not_written_anew(session, cast):
    work = make_casework(session, cast)
    referral = sent(session, cast, work, units=3)
    with pytest.raises(Conflict, check=lambda refused: refused.code == "sent"):
        referrals.change_draft(
            session,
            referral,
            actor=actor(session, cast.ana),
            found=LineWithCase(work.line, work.case),
            asked=Asked(2, TODAY),
            now=NOW,
        )
    assert referral.units == 3


def test_what_one_provider_was_asked_for_another_is_not(session, cast):
    work = make_casework(session, cast)
    sent(session, cast, work, units=8)
    with pytest.raises(Invalid):
        drafted(session, cast, work, units=5, offering=cast.other_offerings[COUNSELLING])


def test_two_drafts_cannot_both_be_sent_for_the_same_units(session, cast):
    work = make_casework(session, cast)
    first, second = drafted(session, cast, work, units=8), drafted(session, cast, work, units=8)
    found = LineWithCase(work.line, work.case)
    referrals.send(session, first, actor=actor(session, cast.ana), found=found, now=NOW)
    with pytest.raises(Invalid):
        referrals.send(session, second, actor=actor(session, cast.ana), found=found, now=NOW)


def test_a_rejected_referral_frees_its_units(session, cast):
    work = make_casework(session, cast)
    referral = sent(session, cast, work, units=12)
    referrals.reject(
        session,
        referral,
        actor=actor(session, cast.corina),
        reason=RejectionReason.NO_CAPACITY,
        now=NOW,
    )
    assert referrals.units_left(session, LineWithCase(work.line, work.case)) == 12


def test_two_providers_call_one_person_differently(session, cast):
    work = make_casework(session, cast)
    here = drafted(session, cast, work, units=1)
    there = drafted(session, cast, work, units=1, offering=cast.other_offerings[COUNSELLING])
    again = drafted(session, cast, work, units=1)
    assert here.pseudonym == again.pseudonym
    assert session.scalar(select(func.count()).select_from(Pseudonym)) == 2
    assert there.provider_id != here.provider_id


def test_taken_words_are_drawn_again(session, cast, monkeypatch):
    drawn = iter(["Tei verde 38", "Tei verde 38", "Nuc senin 12"])
    monkeypatch.setattr(
        "providers.referrals.services.pseudonyms.new_pseudonym", lambda: next(drawn)
    )
    first = drafted(session, cast, make_casework(session, cast))
    second = drafted(session, cast, make_casework(session, cast))
    assert (first.pseudonym, second.pseudonym) == ("Tei verde 38", "Nuc senin 12")


def test_a_disclosure_has_its_fields_and_no_others(session, cast):
    referral = drafted(session, cast, make_casework(session, cast))
    assert tuple(referral.disclosure) == FIELDS


def test_children_are_told_only_where_room_is_needed(session, cast):
    from reintegration.codelists.service_categories import ServiceCategory

    talk = make_casework(session, cast)
    bed = make_casework(session, cast, category=ServiceCategory.SHELTER)
    talk.case.dependants = bed.case.dependants = 2
    assert drafted(session, cast, talk).disclosure["children"] is None
    assert drafted(session, cast, bed).disclosure["children"] == 2


def test_hours_are_told_only_with_a_safe_channel(session, cast):
    work = make_casework(session, cast)
    work.case.contact_hours = "10-13"
    assert drafted(session, cast, work).disclosure["contact_hours"] == ""


def test_a_long_note_is_refused(session, cast):
    with pytest.raises(Invalid):
        drafted(session, cast, make_casework(session, cast), note="x" * 301)


CANARIES = {
    "code": "Cucuvea-4040",
    "own words": "canar-cuvinte",
    "need": "canar-nevoie",
    "milestone": "canar-etapa",
    "excluded": "MD-SO",
    "reason": "canar-motiv",
}


@pytest.mark.parametrize("who", ["rita", "corina", "maria"])
def test_a_providers_page_holds_the_disclosure_and_nothing_of_the_case(session, cast, sign_in, who):
    work = make_casework(session, cast)
    work.case.code = CANARIES["code"]
    work.case.identification = "identified_victim"
    work.case.excluded_units = [CANARIES["excluded"]]
    work.case.birth_year = 1931
    work.milestone.title = CANARIES["milestone"]
    work.line.description = CANARIES["need"]
    work.milestone.goal.own_words = CANARIES["own words"]
    work.milestone.goal.description = CANARIES["need"]
    referral = sent(session, cast, work, note="Diminețile sunt mai bune")
    referral.match = {"rule": CANARIES["reason"]}
    referral.status_reason = CANARIES["reason"]
    session.commit()
    browser = sign_in(getattr(cast, who))
    listed = browser.get("/requests/").text
    page = browser.get(f"/requests/{referral.id}").text
    assert "Diminețile sunt mai bune" in page
    assert referral.pseudonym in page
    for hidden in (
        *CANARIES.values(),
        "1931",
        "victim",
        str(work.case.id),
        str(work.line.id),
        cast.programme.name,
    ):
        assert hidden not in page
        assert hidden not in listed
    assert cast.ana.name not in listed
    assert (cast.ana.name in page) == (who != "rita")  # who answers is told whom to ask


def test_the_preview_shows_the_rows_that_the_provider_will_see(session, cast, sign_in):
    import re

    work = make_casework(session, cast)
    referral = drafted(session, cast, work, note="Diminețile sunt mai bune")
    session.commit()
    manager, provider = sign_in(cast.ana), sign_in(cast.corina)
    preview = manager.get(f"/referrals/{referral.id}/preview").text
    manager.post(f"/referrals/{referral.id}/send")
    page = provider.get(f"/requests/{referral.id}").text
    rows = re.compile(r'<dl class="facts">.*?</dl>', re.DOTALL)
    assert rows.search(preview).group() == rows.search(page).group()


def test_what_changes_after_sending_is_not_told(session, cast, sign_in):
    work = make_casework(session, cast)
    referral = sent(session, cast, work)
    work.case.access_needs = ["wheelchair"]
    session.commit()
    page = sign_in(cast.corina).get(f"/requests/{referral.id}").text
    session.refresh(referral)
    assert referral.disclosure["access_needs"] == []
    assert "wheelchair" not in page.lower()


def test_a_draft_is_not_there_for_the_provider(session, cast, sign_in):
    referral = drafted(session, cast, make_casework(session, cast))
    session.commit()
    assert sign_in(cast.corina).get(f"/requests/{referral.id}").status_code == 404


def test_a_draft_that_was_thrown_away_stays_unseen(session, cast, sign_in):
    referral = drafted(session, cast, make_casework(session, cast))
    referrals.cancel(session, referral, actor=actor(session, cast.ana), reason="Nu", now=NOW)
    session.commit()
    assert sign_in(cast.corina).get(f"/requests/{referral.id}").status_code == 404
    assert not session.scalar(select(func.count()).select_from(OutboxMessage))


def test_the_mail_says_only_that_there_is_a_request(session, cast):
    cast.provider.email = "contact@exemplu.example"
    referral = sent(session, cast, make_casework(session, cast))
    mail = session.scalars(select(OutboxMessage)).one()
    said = str(mail.payload)
    assert mail.payload["to"] == "contact@exemplu.example"
    for hidden in (
        referral.pseudonym,
        "Punte",
        cast.programme.name,
        referral.disclosure["service"],
    ):
        assert hidden not in said


def test_the_answer_reaches_the_case_manager(session, cast):
    accepted(session, cast, make_casework(session, cast))
    message = session.scalars(select(InboxMessage).where(InboxMessage.user_id == cast.ana.id)).one()
    assert "accepted" in message.message


@pytest.mark.parametrize("who", ["rita", "boris", "otilia", "ana", "vera"])
def test_only_the_coordinator_and_the_manager_of_that_provider_answer(session, cast, who):
    referral = sent(session, cast, make_casework(session, cast))
    with pytest.raises(NotPermitted):
        referrals.accept(session, referral, actor=actor(session, getattr(cast, who)), now=NOW)


def test_nobody_sends_for_a_case_that_is_not_theirs(session, cast):
    work = make_casework(session, cast)
    with pytest.raises(NotPermitted):
        referrals.draft(
            session,
            actor=actor(session, cast.calin),
            found=LineWithCase(work.line, work.case),
            offering=cast.offerings[COUNSELLING],
            asked=Asked(1, TODAY),
            now=NOW,
        )


def test_accepting_holds_a_place_until_the_end(session, cast):
    offering = cast.offerings[COUNSELLING]
    referral = accepted(session, cast, make_casework(session, cast))
    assert offering.places_taken == 1
    referrals.fail(
        session, referral, actor=actor(session, cast.corina), reason="Nu a venit", now=NOW
    )
    assert offering.places_taken == 0


@pytest.mark.parametrize("move", ["complete", "cancel"])
def test_every_end_frees_the_place(session, cast, move):
    referral = accepted(session, cast, make_casework(session, cast))
    if move == "complete":
        referrals.complete(session, referral, actor=actor(session, cast.corina), now=NOW)
    else:
        referrals.cancel(session, referral, actor=actor(session, cast.ana), reason="x", now=NOW)
    assert cast.offerings[COUNSELLING].places_taken == 0


def test_a_request_that_is_taken_back_is_told_without_its_reason_and_frees_its_units(
    session, cast, sign_in
):
    work = make_casework(session, cast)
    referral = sent(session, cast, work, units=12)
    referrals.cancel(
        session, referral, actor=actor(session, cast.ana), reason="motiv-canar", now=NOW
    )
    session.commit()
    page = sign_in(cast.corina).get(f"/requests/{referral.id}?lang=en").text
    assert "Called off" in page
    assert "motiv-canar" not in page
    told = session.scalars(select(InboxMessage).where(InboxMessage.user_id == cast.corina.id))
    assert [one.message for one in told if "cancelled" in one.message] == [
        "A request was cancelled."
    ]
    assert referrals.units_left(session, LineWithCase(work.line, work.case)) == 12


def test_why_a_provider_declines_is_read_by_the_team_and_by_no_other_provider(
    session, cast, sign_in
):
    referral = sent(session, cast, make_casework(session, cast))
    referrals.reject(
        session,
        referral,
        actor=actor(session, cast.corina),
        reason=RejectionReason.NO_CAPACITY,
        comment="comentariu-canar",
        now=NOW,
    )
    session.commit()
    for reader in (cast.ana, cast.sergiu):
        assert "comentariu-canar" in sign_in(reader).get(f"/referrals/{referral.id}").text
    assert sign_in(cast.boris).get(f"/requests/{referral.id}").status_code in (403, 404)
    assert sign_in(cast.calin).get(f"/referrals/{referral.id}").status_code == 404


def test_a_full_offering_accepts_nobody(session, cast):
    cast.offerings[COUNSELLING].capacity = 0
    referral = sent(session, cast, make_casework(session, cast))
    with pytest.raises(Conflict):
        referrals.accept(session, referral, actor=actor(session, cast.corina), now=NOW)


def test_of_two_who_accept_the_last_place_at_once_one_wins(session, cast, committed_db):
    offering = cast.offerings[COUNSELLING]
    offering.capacity = 1
    ids = [sent(session, cast, make_casework(session, cast)).id for _ in range(2)]
    coordinator = actor(session, cast.corina)
    session.commit()
    start, outcomes = threading.Barrier(2), []

    def accept(referral_id):
        engine = create_engine(committed_db.url)
        with Session(engine, info=dict(session.info)) as own:
            act_as(own, coordinator)
            referral = own.get(Referral, referral_id)
            start.wait(20)
            try:
                referrals.accept(own, referral, actor=coordinator, now=NOW)
                own.commit()
                outcomes.append("accepted")
            except Conflict:
                own.rollback()
                outcomes.append("refused")
        engine.dispose()

    threads = [threading.Thread(target=accept, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    session.expire_all()
    assert sorted(outcomes) == ["accepted", "refused"]
    assert session.get(Offering, offering.id).places_taken == 1


def test_a_request_that_nobody_answers_lapses_after_three_days(session, cast):
    referral = sent(session, cast, make_casework(session, cast))
    assert expire_referrals(session, now=NOW + timedelta(hours=71)) == 0
    assert expire_referrals(session, now=NOW + timedelta(hours=73)) == 1
    assert referral.state == ReferralState.CANCELLED


def test_a_late_answer_comes_too_late(session, cast):
    referral = sent(session, cast, make_casework(session, cast))
    expire_referrals(session, now=NOW + timedelta(hours=73))
    with pytest.raises(Conflict):
        referrals.accept(session, referral, actor=actor(session, cast.corina), now=NOW)


def test_a_withdrawn_consent_cancels_what_is_open(session, cast):
    work = make_casework(session, cast)
    referral = accepted(session, cast, work)
    consents.withdraw(
        session, work.consent, actor=actor(session, cast.ana), case=work.case, now=NOW
    )
    assert referral.state == ReferralState.CANCELLED
    assert cast.offerings[COUNSELLING].places_taken == 0


def test_a_withdrawal_is_previewed_without_changing_anything(session, cast):
    work = make_casework(session, cast)
    referral = accepted(session, cast, work)
    changes = consents.preview(session, work.consent, actor=actor(session, cast.ana), now=NOW)
    assert [change.count for change in changes if "Referrals" in change.message] == [1]
    assert referral.state == ReferralState.ACCEPTED


def test_a_completed_referral_outlives_the_consent(session, cast):
    work = make_casework(session, cast)
    referral = accepted(session, cast, work)
    referrals.complete(session, referral, actor=actor(session, cast.corina), now=NOW)
    consents.withdraw(
        session, work.consent, actor=actor(session, cast.ana), case=work.case, now=NOW
    )
    assert referral.state == ReferralState.COMPLETED


def test_a_suspension_cancels_unanswered_requests_and_tells_of_the_others(session, cast):
    waiting = sent(session, cast, make_casework(session, cast))
    running = accepted(session, cast, make_casework(session, cast))
    officer = actor(session, cast.vera)
    act_as(session, officer)
    offering = cast.offerings[COUNSELLING]
    preview = vetting.preview_suspension(session, offering.id, actor=officer, now=NOW)
    vetting.suspend(session, offering, actor=officer, reason="Plângere", now=NOW)
    act_as(session, SYSTEM)
    session.expire_all()
    assert [change.count for change in preview][:2] == [1, 1]
    assert (waiting.state, running.state) == (ReferralState.CANCELLED, ReferralState.ACCEPTED)


def test_only_who_could_ask_another_provider_is_led_there(session, cast, sign_in):
    referral = sent(session, cast, make_casework(session, cast))
    referrals.reject(
        session,
        referral,
        actor=actor(session, cast.corina),
        reason=RejectionReason.NO_CAPACITY,
        now=NOW,
    )
    session.commit()
    address = f"/referrals/{referral.id}"
    assert "/providers/match/" in sign_in(cast.ana).get(address).text
    assert "/providers/match/" not in sign_in(cast.sergiu).get(address).text


def test_what_the_house_did_is_told_in_the_language_of_the_reader(session, cast, sign_in):
    waiting = sent(session, cast, make_casework(session, cast))
    officer = actor(session, cast.vera)
    act_as(session, officer)
    vetting.suspend(session, cast.offerings[COUNSELLING], actor=officer, reason="Plângere", now=NOW)
    act_as(session, SYSTEM)
    cast.ana.locale = "ru"
    session.commit()
    page = sign_in(cast.ana).get(f"/referrals/{waiting.id}").text
    assert "Предложение поставщика приостановлено." in page


@pytest.mark.parametrize("who", ["calin", "vera", "petru", "dan", "boris", "olga", "otilia"])
def test_a_referral_of_others_is_not_there(session, cast, who):
    referral = sent(session, cast, make_casework(session, cast))
    session.commit()
    outsider = actor(session, getattr(cast, who))
    with pytest.raises(NotFound):
        reading.referral_or_404(session, outsider, referral.id)


@pytest.mark.parametrize("who", ["calin", "vera", "petru", "dan", "olga", "otilia"])
def test_the_database_hides_a_referral_too(session, cast, who):
    sent(session, cast, make_casework(session, cast))
    session.commit()
    act_as(session, actor(session, getattr(cast, who)))
    assert session.scalar(select(func.count()).select_from(Referral)) == 0
    act_as(session, SYSTEM)


def test_matching_loads_in_the_same_number_of_queries_whatever_there_is(session, cast):
    from sqlalchemy import event

    work = make_casework(session, cast)
    case_id = work.case.id
    session.commit()

    def count_queries():
        session.expire_all()
        seen = []
        bind = session.get_bind()
        listen = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(bind, "before_cursor_execute", listen)
        found = candidates(session, category=COUNSELLING, case_id=case_id)
        event.remove(bind, "before_cursor_execute", listen)
        return len(seen), len(found)

    few, before = count_queries()
    for _ in range(8):
        offering_in(session, cast, OfferingState.APPROVED)
    session.commit()
    many, after = count_queries()
    assert after == before + 8
    assert many == few


def test_the_plan_line_says_what_is_needed(session, cast):
    work = make_casework(session, cast)
    work.case.excluded_units = ["MD-SO"]
    asked = request_of(LineWithCase(work.line, work.case), units=3, today=TODAY)
    assert asked.price_limit.minor == work.line.approved_unit_price_minor
    assert (asked.languages, asked.excluded_units) == (("ro",), frozenset({"MD-SO"}))


def test_preview_of_a_hook_counts_nothing_where_nothing_is_open(session, cast):
    work = make_casework(session, cast)
    changes = consents.preview(session, work.consent, actor=actor(session, cast.ana), now=NOW)
    assert not [one for one in changes if "Referrals" in one.message]


def test_a_consent_for_another_provider_does_not_cover_this_one(session, cast):
    work = make_casework(session, cast)
    for held in session.scalars(select(Consent).where(Consent.case_id == work.case.id)):
        if held.scope == "share_with_provider":
            held.provider_id = cast.other_provider.id
    session.flush()
    with pytest.raises(Conflict):
        drafted(session, cast, work)


def test_a_dead_end_offers_ways_out(session, cast, sign_in):
    work = make_casework(session, cast)
    offering = offering_in(session, cast, OfferingState.APPROVED)
    session.execute(update(Offering).values(languages=["en"]))
    session.commit()
    page = sign_in(cast.ana).get(f"/providers/match/{work.line.id}?lang=en").text
    assert "No provider fits" in page
    for way in (f"/cases/{work.case.id}/facts", f"/plan/lines/{work.line.id}", str(offering.id)):
        assert way in page


def _agree_to_calls(session, cast, case):
    case.contact_channel, case.contact_hours = ContactChannel.PHONE, "după 18:00"
    session.add(
        Consent(
            id=new_id(),
            case_id=case.id,
            scope=ConsentScope.CONTACT,
            mode=ConsentMode.WRITTEN,
            text_version="2026-11",
            locale="ro",
            given_at=NOW,
            valid_until=TODAY + timedelta(days=365),
            recorded_by=cast.ana.id,
        )
    )
    session.flush()


def test_a_provider_is_told_whom_it_reaches_the_person_through(session, cast, sign_in):
    work = make_casework(session, cast)
    _agree_to_calls(session, cast, work.case)
    referral = sent(session, cast, work)
    session.commit()
    page = sign_in(cast.corina).get(f"/requests/{referral.id}?lang=en").text.replace("<wbr>", "")
    assert "Through the case manager, as was agreed with the person: Phone call, după 18:00" in page
    assert "You get no number or address of the person" in page
    assert cast.ana.name in page
    assert cast.ana.email in page


def test_after_a_hand_over_the_provider_is_told_the_new_manager(session, cast, sign_in):
    work = make_casework(session, cast)
    referral = sent(session, cast, work)
    work.case.manager_id = cast.calin.id
    session.commit()
    page = sign_in(cast.corina).get(f"/requests/{referral.id}").text.replace("<wbr>", "")
    assert cast.calin.email in page
    assert cast.ana.email not in page


def test_the_provider_learns_that_a_request_was_taken_back_and_not_why(session, cast, sign_in):
    referral = sent(session, cast, make_casework(session, cast))
    ana = actor(session, cast.ana)
    referrals.cancel(session, referral, actor=ana, reason="Se teme de cineva de acolo", now=NOW)
    session.commit()
    corina = sign_in(cast.corina)
    for address in (f"/requests/{referral.id}", "/requests/?show=all", "/account/inbox"):
        assert "Se teme" not in corina.get(f"{address}").text
    assert "A request was cancelled." in corina.get("/account/inbox?lang=en").text
    assert "Se teme de cineva" in sign_in(cast.ana).get(f"/referrals/{referral.id}").text


def test_of_a_request_that_ended_the_provider_is_told_nobody(session, cast, sign_in):
    referral = sent(session, cast, make_casework(session, cast))
    referrals.reject(
        session,
        referral,
        actor=actor(session, cast.corina),
        reason=RejectionReason.NO_CAPACITY,
        comment="",
        now=NOW,
    )
    session.commit()
    page = sign_in(cast.corina).get(f"/requests/{referral.id}").text
    assert cast.ana.name not in page
    assert cast.ana.email not in page.replace("<wbr>", "")


def test_the_case_manager_reads_before_sending_how_the_provider_reaches_her(session, cast, sign_in):
    referral = drafted(session, cast, make_casework(session, cast))
    session.commit()
    page = sign_in(cast.ana).get(f"/referrals/{referral.id}/preview?lang=en").text
    assert "Your name and e-mail stand beside it" in page
