from datetime import date, timedelta

import pytest

from tests.vouchers.formats.writers import DAY, OTHERS, THEIRS, detail, entry
from vouchers.bank.services.matching.proposals import MatchRules, OpenBatch, OpenOrder, Tier
from vouchers.bank.services.matching.tiers import match
from vouchers.bank.states import ExceptionKind, ReasonCode
from vouchers.formats.problems import ParseProblem


def order(number: int, minor: int = 1000, **more) -> OpenOrder:
    values = {
        "currency": "EUR",
        "sent_on": DAY,
        "end_to_end_id": f"PO-{number}",
        "counterparty_iban": THEIRS,
        "counterparty_name": "Casa Verde SRL",
        "reference": f"REQ-2026-{number:05d}",
    }
    values.update(more)
    return OpenOrder(number, minor, **values)


def one(result):
    (item,) = [*result.proposals, *result.exceptions]
    return item


def reasons(item) -> list[str]:
    return [reason.code for reason in item.reasons]


def test_tier_1_posts_an_entry_with_the_reference_amount_currency_and_direction():
    found = one(match([entry(-1000, end_to_end_id="PO-1", day=DAY + timedelta(2))], [order(1)]))
    assert (found.tier, found.automatic, found.order_ids) == (Tier.END_TO_END, True, (1,))
    assert reasons(found) == ["end_to_end_equal", "amount_equal", "days"]
    assert found.reasons[2].params == {"days": 2}


def test_tier_1_posts_a_batch_whose_every_transaction_names_its_order():
    line = entry(-3000, details=(detail(-1000, "PO-1"), detail(-2000, "PO-2")), is_batch=True)
    found = one(match([line], [order(1), order(2, 2000), order(3)]))
    assert (found.tier, found.automatic, found.order_ids) == (Tier.END_TO_END, True, (1, 2))


@pytest.mark.parametrize(
    "line", [entry(-1000, end_to_end_id="PO-1", currency="MDL"), entry(-1001, end_to_end_id="PO-1")]
)
def test_the_reference_alone_does_not_post(line):
    assert not any(p.automatic for p in match([line], [order(1)]).proposals)


def test_a_smaller_amount_under_the_reference_is_a_partial_payment():
    found = one(match([entry(-400, end_to_end_id="PO-1")], [order(1)]))
    assert (found.kind, found.order_ids) == (ExceptionKind.PARTIAL, (1,))


def test_the_reference_in_the_other_direction_is_a_return():
    found = one(match([entry(1000, end_to_end_id="PO-1")], [], settled=[order(1)]))
    assert (found.kind, found.order_ids) == (ExceptionKind.RETURN, (1,))


def test_money_that_the_bank_calls_returned_never_matches():
    line = entry(1000, end_to_end_id="PO-1", return_reason="AC04")
    found = one(match([line], [order(9, incoming=True)], settled=[order(1)]))
    assert (found.kind, found.order_ids) == (ExceptionKind.RETURN, (1,))
    assert found.reasons[0].params == {"reason": "AC04"}


def test_the_same_payment_twice_posts_once_and_reports_the_second():
    lines = [
        entry(-1000, end_to_end_id="PO-1"),
        entry(-1000, end_to_end_id="PO-1", day=DAY + timedelta(1)),
    ]
    result = match(lines, [order(1)])
    assert [p.entry for p in result.proposals] == [lines[0]]
    assert result.exceptions[0].kind is ExceptionKind.DUPLICATE_PAYMENT
    assert result.exceptions[0].order_ids == (1,)


def test_amount_and_iban_of_a_settled_order_is_a_duplicate_payment():
    found = one(match([entry(-1000, counterparty_iban=THEIRS)], [], settled=[order(1)]))
    assert found.kind is ExceptionKind.DUPLICATE_PAYMENT


def test_two_orders_with_one_reference_wait_for_a_person():
    line = entry(-1000, end_to_end_id="PO-1")
    found = one(match([line], [order(1), order(2, end_to_end_id="PO-1")]))
    assert (found.kind, found.order_ids) == (ExceptionKind.TWO_POSSIBLE, (1, 2))


@pytest.mark.parametrize("ids", [{"message_id": "M"}, {"payment_information_id": "P"}])
def test_tier_2_posts_a_batch_by_its_reference_and_sum(ids):
    batch = OpenBatch("b", "M", "P", (1, 2))
    found = one(match([entry(-3000, is_batch=True, **ids)], [order(1), order(2, 2000)], [batch]))
    assert (found.tier, found.automatic, found.order_ids) == (Tier.BATCH, True, (1, 2))


def test_a_batch_with_another_sum_is_partial():
    batch = OpenBatch("b", "M", None, (1, 2))
    found = one(
        match([entry(-2000, is_batch=True, message_id="M")], [order(1), order(2, 2000)], [batch])
    )
    assert (found.kind, found.order_ids) == (ExceptionKind.PARTIAL, (1, 2))


def test_two_batches_of_one_message_with_the_same_sum_wait_for_a_person():
    batches = [OpenBatch("a", "M", "P1", (1,)), OpenBatch("b", "M", "P2", (2,))]
    found = one(match([entry(-1000, is_batch=True, message_id="M")], [order(1), order(2)], batches))
    assert found.kind is ExceptionKind.TWO_POSSIBLE


def test_a_batch_whose_transactions_name_a_foreign_payment_does_not_post():
    batch = OpenBatch("b", "M", None, (1, 2))
    line = entry(-3000, message_id="M", details=(detail(-1000, "PO-1"), detail(-2000, "XX")))
    assert not any(
        p.automatic for p in match([line], [order(1), order(2, 2000)], [batch]).proposals
    )


def test_tier_3_posts_amount_and_iban_when_nothing_else_fits():
    found = one(match([entry(-1000, counterparty_iban=THEIRS)], [order(1), order(2, 2000)]))
    assert (found.tier, found.automatic, found.order_ids) == (Tier.AMOUNT_AND_IBAN, True, (1,))


@pytest.mark.parametrize(
    ("lines", "orders"), [(1, 2), (2, 1), (2, 2)], ids=["two orders", "two entries", "two of each"]
)
def test_tier_3_posts_nothing_when_two_fit_in_either_direction(lines, orders):
    entries = [entry(-1000, counterparty_iban=THEIRS)] * lines
    result = match(entries, [order(n) for n in range(orders)])
    assert result.proposals == ()
    assert {item.kind for item in result.exceptions} == {ExceptionKind.TWO_POSSIBLE}


def test_orders_outside_the_window_are_not_rivals():
    late = order(2, sent_on=DAY - timedelta(60))
    found = one(match([entry(-1000, counterparty_iban=THEIRS)], [order(1), late]))
    assert (found.automatic, found.order_ids) == (True, (1,))


def test_amount_and_iban_under_a_foreign_reference_are_only_suggested():
    found = one(match([entry(-1000, counterparty_iban=THEIRS, end_to_end_id="OTHER")], [order(1)]))
    assert (found.tier, found.automatic) == (Tier.AMOUNT_AND_IBAN, False)
    assert "end_to_end_differs" in reasons(found)


def test_an_order_number_as_reference_posts_with_the_amount_and_the_account_of_the_payee():
    number = "REQ-2026-00001"
    orders = [order(1), order(2)]
    line = entry(-1000, counterparty_iban=THEIRS, end_to_end_id=number)
    found = one(match([line], orders))
    assert (found.tier, found.automatic, found.order_ids) == (Tier.END_TO_END, True, (1,))
    for other in (
        entry(-1000, counterparty_iban=OTHERS, end_to_end_id=number),
        entry(-1000, end_to_end_id=number),
        entry(-1001, counterparty_iban=THEIRS, end_to_end_id=number),
    ):
        assert not any(p.automatic for p in match([other], orders).proposals)


def test_what_tier_1_took_is_no_rival_in_tier_3():
    lines = [entry(-1000, end_to_end_id="PO-1"), entry(-1000, counterparty_iban=THEIRS)]
    result = match(lines, [order(1), order(2)])
    assert [(p.automatic, p.order_ids) for p in result.proposals] == [(True, (1,)), (True, (2,))]


@pytest.mark.parametrize(
    "text", ["plata REQ-2026-00001", "req 2026 00001 cazare", "x/REQ202600001/y", "REQ-2026-0 0001"]
)
def test_tier_4_suggests_by_a_reference_in_the_text_however_the_bank_cut_it(text):
    found = one(match([entry(-1000, remittance=text)], [order(1), order(2)]))
    assert (found.tier, found.automatic, found.order_ids) == (Tier.REFERENCE, False, (1,))
    assert reasons(found) == ["amount_equal", "reference_found", "days", "end_to_end_missing"]


def test_a_reference_decides_between_two_orders_that_fit():
    line = entry(-1000, counterparty_iban=THEIRS, remittance="REQ-2026-00002")
    found = one(match([line], [order(1), order(2)]))
    assert (found.tier, found.automatic, found.order_ids) == (Tier.REFERENCE, True, (2,))


@pytest.mark.parametrize(
    "where",
    [
        {"remittance": "plata REQ-2026-0 0001 cazare"},
        {"end_to_end_id": "/ROC/REQ202600001"},
        {"bank_reference": "REQ-2026-00001/7"},
        {"remittance": "REQ-2026-00001", "end_to_end_id": "B17-004"},
    ],
)
def test_an_order_number_anywhere_in_the_line_posts_with_the_amount_and_the_payee(where):
    orders = [order(1), order(2)]
    found = one(match([entry(-1000, counterparty_iban=THEIRS, **where)], orders))
    assert (found.tier, found.automatic, found.order_ids) == (Tier.REFERENCE, True, (1,))
    for other in (
        entry(-1000, counterparty_iban=OTHERS, **where),
        entry(-1000, **where),
        entry(-1001, counterparty_iban=THEIRS, **where),
        entry(1000, counterparty_iban=THEIRS, **where),
    ):
        assert not any(p.automatic for p in match([other], orders).proposals)


def test_a_line_that_names_two_orders_posts_neither_by_itself():
    line = entry(-1000, counterparty_iban=THEIRS, remittance="REQ-2026-00001 / REQ-2026-00002")
    assert not any(p.automatic for p in match([line], [order(1), order(2)]).proposals)


def test_the_second_line_that_names_an_order_in_its_text_is_a_duplicate_payment():
    lines = [entry(-1000, counterparty_iban=THEIRS, remittance="REQ-2026-00001")] * 2
    result = match(lines, [order(1)])
    assert [p.automatic for p in result.proposals] == [True]
    assert [item.kind for item in result.exceptions] == [ExceptionKind.DUPLICATE_PAYMENT]


def test_a_flagged_line_that_names_an_order_waits_for_a_person():
    flagged = (ParseProblem("booked_ahead", {"day": DAY}),)
    line = entry(-1000, counterparty_iban=THEIRS, remittance="REQ-2026-00001", problems=flagged)
    found = one(match([line], [order(1)]))
    assert (found.tier, found.automatic) == (Tier.REFERENCE, False)


def test_one_transfer_for_two_named_orders_is_suggested_with_both():
    line = entry(-3000, remittance="REQ-2026-00001, REQ-2026-00002")
    found = one(match([line], [order(1), order(2, 2000)]))
    assert (found.tier, found.automatic, found.order_ids) == (Tier.REFERENCE, False, (1, 2))


def test_a_smaller_amount_with_the_reference_is_partial():
    found = one(match([entry(-400, remittance="REQ-2026-00001")], [order(1)]))
    assert (found.kind, found.order_ids) == (ExceptionKind.PARTIAL, (1,))


def test_tier_5_suggests_equal_amount_and_a_like_name_in_any_alphabet():
    line = entry(-1000, counterparty_name="SRL CASA VERDE", counterparty_iban=OTHERS)
    found = one(match([line], [order(1, counterparty_name="„Casa Verde” SRL", end_to_end_id=None)]))
    assert (found.tier, found.automatic, found.order_ids) == (Tier.LIKENESS, False, (1,))
    assert "name_alike" in reasons(found)


def test_tier_5_suggests_the_account_with_nearly_the_amount_and_says_that_charges_explain_it():
    line = entry(-1005, counterparty_iban=THEIRS, charges_minor=5)
    found = one(match([line], [order(1)]))
    assert (found.tier, found.automatic, found.order_ids) == (Tier.LIKENESS, False, (1,))
    assert {"amount_off", "charges_explain"} <= set(reasons(found))


def test_tier_5_does_not_choose_between_two_that_are_equally_like():
    found = one(match([entry(-1000, counterparty_name="Casa Verde SRL")], [order(1), order(2)]))
    assert (found.kind, set(found.order_ids)) == (ExceptionKind.TWO_POSSIBLE, {1, 2})


def test_an_entry_that_is_flagged_never_posts_and_does_not_stand_before_a_sound_one():
    flagged = entry(-1000, end_to_end_id="PO-1", problems=(ParseProblem("details_differ"),))
    alone = one(match([flagged], [order(1)]))
    assert (alone.tier, alone.automatic) == (Tier.END_TO_END, False)
    assert "entry_flagged" in reasons(alone)
    sound = entry(-1000, end_to_end_id="PO-1", day=DAY + timedelta(1))
    result = match([flagged, sound], [order(1)])
    assert [p.entry for p in result.proposals if p.automatic] == [sound]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (entry(777), ExceptionKind.UNKNOWN_CREDIT),
        (entry(-777), ExceptionKind.UNKNOWN_DEBIT),
        (entry(-350, is_charge=True), ExceptionKind.CHARGES),
    ],
)
def test_what_fits_nothing_is_named(line, kind):
    assert one(match([line], [order(1)])).kind is kind


def test_money_that_should_come_in_matches_a_credit_and_never_a_debit():
    due = order(1, incoming=True)
    assert one(match([entry(1000, counterparty_iban=THEIRS)], [due])).automatic
    assert (
        one(match([entry(-1000, counterparty_iban=THEIRS)], [due])).kind
        is ExceptionKind.UNKNOWN_DEBIT
    )


def test_the_window_is_a_rule_with_a_version():
    rules = MatchRules(version="7", days_after=1)
    result = match(
        [entry(-1000, counterparty_iban=THEIRS, day=date(2026, 3, 9))], [order(1)], rules=rules
    )
    assert result.rules_version == "7"
    assert not result.proposals[0].automatic
    assert "outside_window" in reasons(result.proposals[0])


def test_every_reason_has_words():
    assert all(code.text for code in ReasonCode)


def test_an_order_that_a_flagged_entry_names_is_kept_from_weaker_tiers():
    flagged = entry(-1000, end_to_end_id="PO-1", problems=(ParseProblem("details_differ"),))
    other = entry(-1000, counterparty_iban=THEIRS, day=DAY + timedelta(1))
    result = match([flagged, other], [order(1)])
    assert [p.automatic for p in result.proposals] == [False]
    assert result.exceptions[0].entry is other


def test_an_entry_booked_long_before_the_order_was_sent_does_not_settle_it():
    line = entry(-1000, counterparty_iban=THEIRS, day=DAY - timedelta(3))
    found = one(match([line], [order(1)]))
    assert not found.automatic
    assert "outside_window" in reasons(found)
