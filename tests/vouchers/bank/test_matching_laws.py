"""Laws of matching, over random entries and orders that are made to collide."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vouchers.formats.writers import DAY, OTHERS, THEIRS, detail, entry
from vouchers.bank.services.matching.exact import pays
from vouchers.bank.services.matching.order_index import entry_key, in_window, order_key
from vouchers.bank.services.matching.proposals import MatchRules, OpenBatch, OpenOrder, Tier
from vouchers.bank.services.matching.tiers import match
from vouchers.bank.states import ReasonCode
from vouchers.formats.problems import ParseProblem
from vouchers.formats.statement import Occurrences

AMOUNTS = st.sampled_from([1000, 1005, 2000])
REFERENCES = st.sampled_from([None, "PO-10001", "PO-10002", "PO-10003"])
IBANS = st.sampled_from([None, THEIRS, OTHERS])
NAMES = st.sampled_from([None, "Casa Verde", "CASA VERDE SRL", "Orizont"])
DAYS = st.integers(-15, 15).map(lambda days: DAY + timedelta(days))
BATCHES = [OpenBatch("x", "M1", "P1", (0, 1)), OpenBatch("y", "M1", "P2", (2, 3))]


@st.composite
def orders(draw):
    return [
        OpenOrder(
            number,
            draw(AMOUNTS),
            draw(st.sampled_from(["EUR", "MDL"])),
            draw(DAYS),
            draw(REFERENCES),
            draw(IBANS),
            draw(NAMES),
            f"REQ{number:05d}",
            draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 6)))
    ]


@st.composite
def entries(draw):
    names = Occurrences()
    made = []
    for _ in range(draw(st.integers(0, 6))):
        inner = draw(st.lists(st.tuples(AMOUNTS, REFERENCES), max_size=3))
        sign = draw(st.sampled_from([-1, -1, 1]))
        total = sum(minor for minor, _ in inner) or draw(AMOUNTS)
        flags = (ParseProblem("details_differ"),) if draw(st.integers(0, 5)) == 0 else ()
        made.append(
            entry(
                sign * total,
                day=draw(DAYS),
                occurrences=names,
                currency=draw(st.sampled_from(["EUR", "EUR", "MDL"])),
                end_to_end_id=draw(REFERENCES),
                counterparty_iban=draw(IBANS),
                counterparty_name=draw(NAMES),
                is_batch=len(inner) > 1,
                remittance=draw(st.sampled_from(["", "REQ 00001", "REQ00002 REQ00003"])),
                message_id=draw(st.sampled_from([None, "M1"])),
                payment_information_id=draw(st.sampled_from([None, "P1", "P2"])),
                problems=flags,
                details=tuple(detail(sign * minor, reference) for minor, reference in inner),
                return_reason=draw(st.sampled_from([None, None, None, "AC04"])),
            )
        )
    return made


@given(entries(), orders())
def test_every_entry_is_answered_exactly_once(lines, open_orders):
    result = match(lines, open_orders, BATCHES)
    answered = [item.entry.key for item in (*result.proposals, *result.exceptions)]
    assert Counter(answered) == Counter(line.key for line in lines)


@given(entries(), orders())
def test_an_order_that_posted_is_never_used_or_suggested_again(lines, open_orders):
    result = match(lines, open_orders, BATCHES)
    posted = Counter(n for p in result.proposals if p.automatic for n in p.order_ids)
    assert set(posted.values()) <= {1}
    suggested = {n for p in result.proposals if not p.automatic for n in p.order_ids}
    assert not suggested & set(posted)


@given(entries(), orders())
def test_what_posts_by_itself_moves_exactly_the_money_of_its_orders(lines, open_orders):
    by_id = {order.id: order for order in open_orders}
    for proposal in match(lines, open_orders, BATCHES).proposals:
        if proposal.automatic:
            chosen = [by_id[number] for number in proposal.order_ids]
            assert sum(order.signed_minor for order in chosen) == proposal.entry.amount_minor
            assert {order.currency for order in chosen} == {proposal.entry.currency}
            assert not proposal.entry.problems
            assert not proposal.entry.return_reason
            if proposal.tier > Tier.AMOUNT_AND_IBAN:  # a number of ours, with the payee's account
                (order,) = chosen
                assert proposal.tier is Tier.REFERENCE
                assert order_key(order) == entry_key(proposal.entry)


@given(entries(), orders())
def test_a_match_by_amount_and_account_had_no_rival_on_either_side(lines, open_orders):
    result = match(lines, open_orders, BATCHES)
    by_id = {order.id: order for order in open_orders}
    exact = [p for p in result.proposals if p.tier < Tier.AMOUNT_AND_IBAN]
    gone = {number for p in exact for number in p.order_ids}
    for proposal in result.proposals:
        if proposal.tier is not Tier.AMOUNT_AND_IBAN or not proposal.automatic:
            continue
        line = proposal.entry
        fitting = [
            order.id
            for order in by_id.values()
            if order.id not in gone
            and order.signed_minor == line.amount_minor
            and order.currency == line.currency
            and order.counterparty_iban == line.counterparty_iban
            and in_window(order, line.booking_date, MatchRules())
        ]
        assert fitting == list(proposal.order_ids)


@given(entries(), orders())
def test_the_same_question_gets_the_same_answer(lines, open_orders):
    assert match(lines, open_orders, BATCHES) == match(lines, open_orders, BATCHES)


@given(entries(), orders())
def test_the_order_of_the_orders_does_not_change_what_posts(lines, open_orders):
    def posted(given_orders):
        result = match(lines, given_orders, BATCHES)
        return {(p.entry.key, p.order_ids) for p in result.proposals if p.automatic}

    assert posted(open_orders) == posted(open_orders[::-1])


@given(entries(), orders())
def test_every_reason_can_be_said(lines, open_orders):
    result = match(lines, open_orders, BATCHES)
    for item in (*result.proposals, *result.exceptions):
        assert item.reasons
        for reason in item.reasons:
            assert ReasonCode(reason.code).text % reason.params


@given(entries(), orders())
def test_what_posted_is_found_as_duplicate_when_it_comes_again(lines, open_orders):
    done = {
        n for p in match(lines, open_orders, BATCHES).proposals if p.automatic for n in p.order_ids
    }
    settled = [order for order in open_orders if order.id in done]
    left = [order for order in open_orders if order.id not in done]
    again = match(lines, left, BATCHES, settled=settled)
    assert not done & {n for p in again.proposals for n in p.order_ids}


@pytest.mark.parametrize(
    ("booked", "ordered", "paid"),
    [
        ((-300, "MDL"), [(-300, "MDL")], True),
        ((-300, "MDL"), [(-100, "MDL"), (-200, "MDL")], True),
        ((-300, "MDL"), [(-299, "MDL")], False),
        ((-300, "MDL"), [(300, "MDL")], False),
        ((-300, "MDL"), [(-300, "EUR")], False),
        ((-300, "MDL"), [(-100, "MDL"), (-200, "EUR")], False),
        ((-300, "MDL"), [], False),
    ],
)
def test_orders_are_paid_by_exactly_their_sum_in_their_currency(booked, ordered, paid):
    assert pays(*booked, ordered) is paid
