"""Consent lives, ends, is taken back, and stops what stands on it."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from reintegration.cases.models import Consent
from reintegration.cases.queries.consents import live_consent
from reintegration.cases.services import consent as consents
from reintegration.cases.services import registration
from reintegration.cases.services.consent import ConsentWithdrawn
from reintegration.cases.services.registration import CaseFacts
from reintegration.cases.services.vault import Identity
from reintegration.cases.states import (
    CONSENT_FOR,
    CONSENT_TEXT_VERSION,
    ConsentMode,
    ConsentScope,
    Signatory,
)
from reintegration.codelists.languages import Locale
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from tests.factories.casework import say_yes, typed_case
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.hearing import hear

SHARE, KEEP = ConsentScope.SHARE_WITH_PROVIDER, ConsentScope.CASE_MANAGEMENT
TEXTS = Path(__file__).parents[2] / "templates/reintegration/cases/consent_text"


@pytest.fixture
def case(session, cast):
    return registration.register(session, actor=actor(session, cast.ana), now=NOW)


@pytest.fixture
def give(session, cast, case):
    """Return a function that lets Ana, or somebody else, record one consent of her case."""

    def record(scope=SHARE, *, by=None, provider=None, days=365, at=NOW):
        return say_yes(session, cast, case, scope, by=by, provider=provider, days=days, at=at)

    return record


@pytest.fixture
def heard(monkeypatch):
    """Subscribe to withdrawals for this test; return what was applied."""
    return hear(monkeypatch, ConsentWithdrawn, "%(count)s vouchers will be cancelled.", 3)


def live(session, case, scope=SHARE, provider=None, day=TODAY):
    return live_consent(session, case.id, scope, provider.id if provider else None, day)


def test_a_consent_holds_through_its_last_day(session, case, give):
    given = give(days=30)
    assert live(session, case, day=TODAY + timedelta(days=30)) is given
    assert live(session, case, day=TODAY + timedelta(days=31)) is None


def test_a_consent_covers_its_scope_only(session, case, give):
    give(KEEP)
    assert live(session, case, SHARE) is None


def test_a_general_consent_covers_each_provider(session, cast, case, give):
    given = give()
    assert live(session, case, provider=cast.provider) is given


def test_a_consent_for_one_provider_covers_no_other(session, cast, case, give):
    give(provider=cast.provider)
    assert live(session, case, provider=cast.other_provider) is None
    assert live(session, case) is None


def test_the_consent_for_the_provider_itself_goes_first(session, cast, case, give):
    give()
    own = give(provider=cast.provider, days=10)
    assert live(session, case, provider=cast.provider) is own


def test_a_no_to_one_provider_outlives_an_older_general_yes(session, cast, case, give):
    give()
    own = give(provider=cast.provider)
    later = NOW + timedelta(hours=1)
    consents.withdraw(session, own, actor=actor(session, cast.ana), case=case, now=later)
    assert live(session, case, provider=cast.provider) is None
    assert live(session, case, provider=cast.other_provider) is not None
    again = give(at=later + timedelta(hours=1))
    assert live(session, case, provider=cast.provider) is again


def test_withdrawing_takes_back_every_record_of_the_same_meaning(session, cast, case, give, heard):
    first, second, other = give(), give(days=10), give(KEEP)
    consents.withdraw(session, first, actor=actor(session, cast.sergiu), case=case, now=NOW)
    assert [set(event.consent_ids) for event in heard] == [{first.id, second.id}]
    assert live(session, case) is None
    assert live(session, case, KEEP) is other


def test_what_is_announced_says_all_that_floors_above_need(session, cast, case, give, heard):
    given = give(provider=cast.provider)
    consents.withdraw(session, given, actor=actor(session, cast.ana), case=case, now=NOW)
    (event,) = heard
    assert (event.case_id, event.scope, event.provider_id, event.at) == (
        case.id,
        SHARE,
        cast.provider.id,
        NOW,
    )


def test_a_consent_is_withdrawn_once(session, cast, case, give, heard):
    given = give()
    consents.withdraw(session, given, actor=actor(session, cast.ana), case=case, now=NOW)
    with pytest.raises(Conflict):
        consents.withdraw(session, given, actor=actor(session, cast.ana), case=case, now=NOW)
    assert len(heard) == 1


def test_giving_and_taking_back_stand_in_the_trail(session, cast, case, give, heard):
    given = give()
    consents.withdraw(session, given, actor=actor(session, cast.ana), case=case, now=NOW)
    trail = session.execute(
        select(AuditEvent.action, AuditEvent.fields, AuditEvent.data)
        .where(AuditEvent.subject_id == given.id)
        .order_by(AuditEvent.id)
    ).all()
    assert [(row.action, row.fields) for row in trail] == [
        ("consent:record", [SHARE]),
        ("consent:withdraw", [SHARE]),
    ]
    assert trail[0].data["version"] == CONSENT_TEXT_VERSION


@pytest.mark.parametrize("days", [-1, 366])
def test_a_last_day_in_the_past_or_too_far_is_refused(give, days):
    with pytest.raises(Invalid):
        give(days=days)


def test_no_rule_lets_a_consent_hold_for_more_than_a_year():
    with pytest.raises(Invalid):
        CONSENT_FOR.kind.check(timedelta(days=366), "value")


def test_a_supervisor_does_not_say_yes_for_the_person(cast, give):
    with pytest.raises(NotPermitted):
        give(KEEP, by=cast.sergiu)


def test_before_withdrawing_the_page_says_what_will_stop_and_changes_nothing(
    session, cast, sign_in, case, give, heard
):
    given = give()
    page = sign_in(cast.ana).get(f"/cases/{case.id}/consent/{given.id}/withdraw?lang=en").text
    assert "3 vouchers will be cancelled." in page
    assert heard == []
    session.refresh(given)
    assert given.withdrawn_at is None


def test_where_nothing_depends_on_it_the_page_says_so(cast, sign_in, case, give):
    given = give(ConsentScope.CONTACT)
    page = sign_in(cast.ana).get(f"/cases/{case.id}/consent/{given.id}/withdraw?lang=en").text
    assert "Nothing that is under way depends on it." in page


def test_confirming_withdraws(session, cast, sign_in, case, give, heard):
    given = give()
    answer = sign_in(cast.ana).post(f"/cases/{case.id}/consent/{given.id}/withdraw")
    assert answer.status_code == 302
    session.refresh(given)
    assert given.withdrawn_by == cast.ana.id
    assert len(heard) == 1


def test_a_foreign_consent_looks_like_a_missing_one(cast, sign_in, case, give):
    given = give()
    browser = sign_in(cast.calin)
    for address in (
        f"/cases/{case.id}/consent/{given.id}/withdraw",
        f"/cases/{case.id}/consent/{case.id}/withdraw",
    ):
        assert browser.get(address).status_code == 404
        assert browser.post(address).status_code == 404


def test_recording_on_the_page_keeps_provider_language_and_last_day(session, cast, sign_in, case):
    sign_in(cast.ana).post(
        f"/cases/{case.id}/consent",
        data={
            "scopes": [SHARE.value],
            "mode": "written",
            "consent_locale": "ru",
            "provider": str(cast.provider.id),
            "valid_until": _soon(),
        },
    )
    given = session.scalars(select(Consent)).one()
    assert (given.provider_id, given.mode, given.locale) == (cast.provider.id, "written", "ru")


def test_recording_nothing_is_refused_and_keeps_what_was_typed(cast, sign_in, case):
    answer = sign_in(cast.ana).post(
        f"/cases/{case.id}/consent",
        data={"mode": "written", "consent_locale": "ru", "provider": "", "valid_until": _soon()},
    )
    assert answer.status_code == 422
    assert f'value="{_soon()}"' in answer.text


@pytest.mark.parametrize("locale", list(Locale))
def test_the_text_is_there_in_full_in_each_language(locale):
    text = (TEXTS / CONSENT_TEXT_VERSION / f"{locale}.html").read_text(encoding="utf-8")
    assert text.count("<li>") == 8


@pytest.mark.parametrize("locale", list(Locale))
def test_the_few_sentences_for_the_door_say_how_long_and_that_no_is_allowed(locale):
    text = (TEXTS / CONSENT_TEXT_VERSION / f"short.{locale}.html").read_text(encoding="utf-8")
    assert "30" in text
    assert text.count("<p>") == 4


def test_every_language_of_the_text_is_on_the_page(cast, sign_in, case):
    page = sign_in(cast.ana).get(f"/cases/{case.id}/consent").text
    for words in ("Taking it back", "Retragerea", "Отзыв"):
        assert words in page


def _soon():
    from reintegration.kernel import clock

    return str(clock.local_day(clock.now()) + timedelta(days=20))


@pytest.mark.parametrize("told", ["year", "day"])
def test_a_child_does_not_consent_alone_but_through_a_guardian_or_the_authority(
    session, cast, told
):
    facts = CaseFacts(birth_year=TODAY.year - 15 if told == "year" else None)
    born = date(TODAY.year - 18, 12, 31) if told == "day" else None
    ana = actor(session, cast.ana)
    child = registration.register(
        session, actor=ana, facts=facts, identity=Identity(birth_date=born), now=NOW
    )

    def record(**who):
        return consents.record(
            session,
            actor=registration.with_case(ana, child),
            case=child,
            scopes=[KEEP],
            mode=ConsentMode.WRITTEN,
            locale="ro",
            valid_until=TODAY,
            now=NOW,
            **who,
        )

    with pytest.raises(Invalid) as refused:
        record()
    assert refused.value.field == "signatory"
    assert record(signatory=Signatory.AUTHORITY)[0].signatory is Signatory.AUTHORITY


def test_registering_a_child_asks_on_the_page_who_agreed(session, cast, sign_in):
    child = typed_case(scopes=["case_management"], birth_year=str(TODAY.year - 14))
    browser = sign_in(cast.ana)
    refused = browser.post("/cases/register?lang=en", data=child)
    assert refused.status_code == 422
    assert "agrees alone" in refused.text
    taken = browser.post("/cases/register", data=child | {"signatory": "guardian"})
    assert taken.status_code == 302
    assert session.scalars(select(Consent)).one().signatory is Signatory.GUARDIAN
