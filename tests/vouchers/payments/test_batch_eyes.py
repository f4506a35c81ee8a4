"""Three people pay: who puts a batch together releases a small one alone, and never a larger one."""

import pytest

from reintegration.kernel.errors import NotPermitted
from tests.factories.cast import NOW, actor
from tests.factories.payments import make_batch, make_checked_claim, make_deliveries
from vouchers.payments.services import batches
from vouchers.payments.states import RELEASE_BY_PREPARER_BELOW, BatchState


def batch_of(session, cast, count):
    deliveries = make_deliveries(session, cast, count)
    checked = [make_checked_claim(session, cast, deliveries=deliveries)]
    return make_batch(session, cast, checked, until="approved")


def test_beyond_the_limit_a_batch_is_not_released_by_who_put_it_together(session, cast):
    batch = batch_of(session, cast, 12)
    assert batch.total_minor >= RELEASE_BY_PREPARER_BELOW.initially["MDL"].minor
    for who in (cast.petru, cast.alina):
        with pytest.raises(NotPermitted):
            batches.release(session, batch, actor=actor(session, who), now=NOW)
    batches.release(session, batch, actor=actor(session, cast.radu), now=NOW)
    assert batch.state == BatchState.RELEASED


def test_below_the_limit_it_may_be_but_not_by_who_approved_it(session, cast):
    batch = batch_of(session, cast, 1)
    with pytest.raises(NotPermitted):
        batches.release(session, batch, actor=actor(session, cast.alina), now=NOW)
    session.commit()
    batches.release(session, batch, actor=actor(session, cast.petru), now=NOW)
    assert batch.state == BatchState.RELEASED


def test_somebody_with_two_roles_does_not_release_what_they_prepared(session, cast):
    batch = batch_of(session, cast, 12)
    batch.prepared_by = cast.radu.id
    session.flush()
    with pytest.raises(NotPermitted):
        batches.release(session, batch, actor=actor(session, cast.radu), now=NOW)
