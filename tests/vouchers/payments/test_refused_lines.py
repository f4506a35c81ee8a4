"""What was refused is claimed again from the refused claim, with the reason beside each line."""

import pytest

from reintegration.kernel.errors import Conflict
from reintegration.kernel.ids import new_id
from tests.factories.cast import NOW, TODAY, actor
from tests.factories.payments import LATER, as_system, make_claim, make_deliveries
from tests.factories.vouchers import Issued, deliver, make_voucher
from vouchers.payments.queries.refused_lines import claimable_again, reasons_before
from vouchers.payments.services import claims
from vouchers.payments.states import ClaimLineState, ClaimState
from vouchers.voucher.models import Redemption

WHY = "no signed list"


@pytest.fixture
def boris(session, cast):
    return actor(session, cast.boris)


@pytest.fixture
def issued(session, cast) -> Issued:
    return make_voucher(session, cast, units=2)


@pytest.fixture
def refused(session, cast, issued):
    """A claim of one delivery, which finance refused and closed."""
    session.commit()
    first = deliver(session, cast.rita, issued, now=NOW).redemption_id
    session.commit()
    claim = make_claim(session, cast, [session.get_one(Redemption, first)])
    session.commit()
    petru = actor(session, cast.petru)
    claims.refuse_line(session, claim.lines[0], actor=petru, reason=WHY, now=NOW)
    session.commit()
    claims.close(session, claim, actor=petru, now=NOW)
    session.commit()
    as_system(session)
    return claim


def record_again(session, cast, issued):
    again = deliver(session, cast.rita, issued, now=LATER, delivered_on=TODAY).redemption_id
    session.commit()
    as_system(session)
    return again


def test_what_was_recorded_anew_becomes_a_draft_that_says_why_it_was_refused(
    session, cast, boris, issued, refused
):
    assert claimable_again(session, refused) == []
    again = record_again(session, cast, issued)
    made = claims.claim_again(session, refused, actor=boris, now=LATER)
    session.commit()
    assert (made.state, [line.redemption_id for line in made.lines]) == (ClaimState.DRAFT, [again])
    assert reasons_before(session, made) == {made.lines[0].id: WHY}


def test_a_claim_that_was_taken_back_is_made_again_whole(session, cast, boris):
    claim = make_claim(session, cast, make_deliveries(session, cast, 2))
    session.commit()
    claims.withdraw(session, claim, actor=boris, now=NOW)
    session.commit()
    made = claims.claim_again(session, claim, actor=boris, now=NOW)
    session.commit()
    assert {line.redemption_id for line in made.lines} == {
        line.redemption_id for line in claim.lines
    }
    assert {line.state for line in claim.lines} == {ClaimLineState.REFUSED}
    assert reasons_before(session, made) == {}


def test_nothing_is_claimed_twice_and_nothing_that_nobody_recorded_anew(
    session, cast, boris, issued, refused
):
    with pytest.raises(Conflict, match="recorded anew"):
        claims.claim_again(session, refused, actor=boris, now=NOW)
    record_again(session, cast, issued)
    claims.claim_again(session, refused, actor=boris, now=LATER)
    session.commit()
    with pytest.raises(Conflict, match="Nothing of it can be claimed now"):
        claims.claim_again(session, refused, actor=boris, now=LATER)


def test_another_providers_claim_is_not_found_and_finance_has_no_such_button(
    sign_in, session, cast, issued, refused
):
    record_again(session, cast, issued)
    url, key = f"/claims/mine/{refused.id}/again", {"form_key": str(new_id())}
    assert sign_in(cast.oleg).post(url, data=key).status_code == 404
    assert sign_in(cast.petru).post(url, data=key).status_code == 403
    assert sign_in(cast.rita).post(url, data=key).status_code == 403


def test_the_button_sent_twice_makes_one_draft(sign_in, session, cast, issued, refused):
    record_again(session, cast, issued)
    browser, key = sign_in(cast.boris), {"form_key": str(new_id())}
    url = f"/claims/mine/{refused.id}/again"
    first, second = (browser.post(url, data=key) for _ in range(2))
    assert (first.status_code, first.location) == (302, second.location)
    assert WHY in browser.get(f"{first.location}?lang=en").text


@pytest.mark.parametrize(
    ("lang", "before", "after"),
    [
        ("en", "Lines were refused", "Make a claim of what was refused"),
        ("ro", "Unele rânduri au fost refuzate", "Faceți o cerere de plată din ce s-a refuzat"),
        ("ru", "Есть отклонённые строки", "Составить заявку на оплату из отклонённого"),
    ],
)
def test_the_page_says_what_to_do_first_and_then_offers_it(
    sign_in, session, cast, issued, refused, lang, before, after
):
    browser, url = sign_in(cast.boris), f"/claims/mine/{refused.id}?lang={lang}"
    text = browser.get(url).text
    assert (before in text, after in text, WHY in text) == (True, False, True)
    as_system(session)
    record_again(session, cast, issued)
    text = browser.get(url).text
    assert (before in text, after in text) == (False, True)
