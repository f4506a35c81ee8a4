"""A delivery is claimed once, and its mark follows the line that stands for it."""

import pytest

from reintegration.kernel.db import act_as
from reintegration.kernel.errors import Conflict
from reintegration.kernel.money import total
from tests.at_once import at_once
from tests.factories.cast import NOW, actor
from tests.factories.payments import make_checked_claim, make_deliveries
from vouchers.books.services.laws import broken
from vouchers.payments.models import Claim
from vouchers.payments.queries.claims import (
    ready_for_payment,
    ready_sums,
    unclaimed,
    unclaimed_sums,
)
from vouchers.payments.services import claim_lines, claims, reversal


@pytest.fixture
def boris(session, cast):
    return actor(session, cast.boris)


@pytest.fixture
def delivered(session, cast):
    return make_deliveries(session, cast, count=3)


def draft(session, boris, deliveries):
    ids = [one.id for one in deliveries]
    act_as(session, boris)
    return claims.draft(session, actor=boris, redemption_ids=ids, now=NOW)


def waiting(session, boris):
    """The receipts of what Boris has not claimed; the laws hold, and the sums count the same."""
    session.commit()
    assert "claimed" not in [one.law.name for one in broken(session)]
    found = unclaimed(session, boris, currency="MDL")
    assert sum(one.count for one in unclaimed_sums(session, boris)) == len(found)
    return {one.receipt for one in found}


def test_the_mark_follows_every_line(session, cast, boris, delivered):
    first, second, third = delivered
    claim = draft(session, boris, delivered)
    assert waiting(session, boris) == set()
    with pytest.raises(Conflict, match="claimed or taken back"):
        draft(session, boris, [first])
    session.rollback()
    left_out = [line.id for line in claim.lines if line.redemption_id == first.id]
    claims.leave_out(session, claim, actor=boris, line_ids=left_out, now=NOW)
    assert waiting(session, boris) == {first.receipt}
    other = draft(session, boris, [first])
    session.commit()
    rita = actor(session, cast.rita)
    reversal.reverse(session, second, actor=rita, reason="Greșit", now=NOW)
    assert waiting(session, boris) == set()
    claims.withdraw(session, claim, actor=boris, now=NOW)
    assert waiting(session, boris) == {third.receipt}
    claims.withdraw(session, other, actor=boris, now=NOW)
    assert waiting(session, boris) == {first.receipt, third.receipt}


def test_two_who_claim_at_once_claim_once(session, boris, delivered):
    ids = [one.id for one in delivered]

    def claim(own):
        return claims.draft(own, actor=boris, redemption_ids=ids, now=NOW)

    outcomes = at_once(session, claim, claim)
    assert sorted(type(one).__name__ for one in outcomes) == ["Claim", "Conflict"]
    assert session.query(Claim).count() == 1


def test_a_wrong_mark_is_said_by_the_laws(session, delivered):
    delivered[0].claimed = True
    session.flush()
    assert "claimed" in [one.law.name for one in broken(session)]


def test_what_could_be_paid_now_is_worth_what_its_claims_are(session, cast):
    checked = [make_checked_claim(session, cast) for _ in range(2)]
    claim_lines.refuse(session, checked[0].lines[:1])
    listed = ready_for_payment(session, "MDL")
    (ready,) = ready_sums(session, ["EUR", "MDL"])
    assert all(worth == claim.payable for claim, worth in listed)
    assert ready.sum == total((worth for _claim, worth in listed), "MDL")
    assert ready.sum < total((claim.invoiced for claim in checked), "MDL")
    assert (ready.claims, ready.payees) == (len(listed), 1) == (2, 1)
    assert ready_sums(session, ["EUR"]) == []
