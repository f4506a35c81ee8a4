"""The simulator of Stripe, asked over HTTP by the client of the product."""

import json
import threading
import time

import pytest
import stripe

from tests.tools.conftest import INCLUDE, RECIPIENT, client_of, link_for
from tests.tools.receiver import PATIENCE
from tools.stripe_simulator import API_VERSION, State, advance, arm, do, serve
from tools.stripe_simulator.state import DAY, HOUR


def wait_until(holds):
    """Look again until it is so."""
    give_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_it_speaks_the_version_of_the_package(simulated):
    assert (
        simulated.client.v1.balance.retrieve().last_response.headers["stripe-version"]
        == (stripe.api_version)
        == API_VERSION
    )


def test_an_account_is_shown_with_what_is_asked_for_and_nothing_else(simulated):
    accounts = simulated.client.v2.core.accounts
    account = accounts.create(RECIPIENT | {"include": INCLUDE})
    stripe_balance = account.configuration.recipient.capabilities.stripe_balance
    assert stripe_balance.stripe_transfers.status == "restricted"
    assert stripe_balance.stripe_transfers.status_details[0].resolution == "provide_info"
    entry = account.requirements.entries[0]
    assert (entry.awaiting_action_from, entry.minimum_deadline.status) == ("user", "past_due")
    assert account.identity.country == "RO"
    bare = accounts.retrieve(account.id)
    assert (bare.configuration, bare.requirements, bare.identity) == (None, None, None)
    changed = {"display_name": "Ajutor", "metadata": {"provider": "7"}, "include": INCLUDE}
    assert accounts.update(account.id, changed).metadata.to_dict() == {"provider": "7"}
    assert [one.display_name for one in accounts.list().data] == ["Ajutor"]
    with pytest.raises(stripe.InvalidRequestError, match="MD cannot receive"):
        accounts.create(RECIPIENT | {"identity": {"country": "MD"}})


@pytest.mark.parametrize(
    ("how", "leads", "status", "owed"),
    [
        ("finished", "back", "active", []),
        (
            "without_document",
            "back",
            "restricted",
            ["identity.individual.documents.primary_verification"],
        ),
        (
            "to_be_checked",
            "back",
            "pending",
            ["identity.individual.documents.primary_verification"],
        ),
        ("expired", "again", "restricted", None),
        ("back", "back", "restricted", None),
    ],
)
def test_the_onboarding_page_leads_back_and_opens_the_account(simulated, how, leads, status, owed):
    account = simulated.client.v2.core.accounts.create(RECIPIENT).id
    assert simulated.onboard(account, how) == (303, f"https://punte.example/{leads}")
    now, owes = simulated.capability(account)
    assert (now, owes if owed is not None else None) == (status, owed)
    advance(simulated.state, HOUR)
    assert simulated.capability(account)[0] == ("active" if status == "pending" else status)


def test_a_link_opens_once_and_for_minutes(simulated):
    account = simulated.account()
    links = simulated.client.v2.core.account_links
    for wait in (0, 301):
        path = links.create(link_for(account)).url.removeprefix(simulated.url)
        advance(simulated.state, wait)
        if not wait:
            assert simulated.browser(path)[0] == 200
        assert simulated.browser(path) == (303, "https://punte.example/again")
    status, shown = simulated.onboard(account, "finished", bank_account="?")
    assert (status, "Give the IBAN" in shown) == (400, True)


def test_a_transfer_moves_money_and_is_found_by_its_group(simulated):
    simulated.top_up(10_000)
    account = simulated.account()
    made = simulated.transfer(account, 4_000, transfer_group="batch", metadata={"order": "12"})
    other = simulated.transfer(account, 1_000)
    transfers = simulated.client.v1.transfers
    assert transfers.retrieve(made.id).metadata["order"] == "12"
    assert [one.id for one in transfers.list({"transfer_group": "batch"}).data] == [made.id]
    found = transfers.list({"destination": account, "limit": 1})
    assert ([one.id for one in found.auto_paging_iter()]) == [other.id, made.id]
    assert (simulated.balance(), simulated.balance(account)) == ({"eur": 5_000}, {"eur": 5_000})
    expanded = transfers.retrieve(made.id, {"expand": ["balance_transaction"]})
    assert expanded.balance_transaction.net == -4_000


def test_a_transfer_is_taken_back_in_parts_as_long_as_the_account_has_it(simulated):
    simulated.top_up()
    account = simulated.account()
    made = simulated.transfer(account, 5_000)
    reversals = simulated.client.v1.transfers.reversals
    part = reversals.create(made.id, {"amount": 2_000, "metadata": {"order": "12"}})
    assert (part.amount, part.metadata["order"], part.transfer) == (2_000, "12", made.id)
    with pytest.raises(stripe.InvalidRequestError, match="At most 3000"):
        reversals.create(made.id, {"amount": 3_001})
    rest = reversals.create(made.id)
    whole = simulated.client.v1.transfers.retrieve(made.id)
    assert (whole.reversed, whole.amount_reversed, rest.amount) == (True, 5_000, 3_000)
    assert [one.id for one in reversals.list(made.id).data] == [rest.id, part.id]
    assert (simulated.balance(), simulated.balance(account)) == ({"eur": 100_000}, {})
    gone = simulated.transfer(account)
    advance(simulated.state, 2 * DAY)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        reversals.create(gone.id)
    assert refused.value.code == "balance_insufficient"


WRONG = [
    ({"amount": 10.5}, "parameter_invalid_integer", "amount"),
    ({"amount": 0}, "parameter_invalid_integer", "amount"),
    ({"amount": 200_000}, "balance_insufficient", None),
    ({"currency": "mdl"}, "invalid_currency", "currency"),
    ({"destination": "acct_none"}, "resource_missing", "destination"),
    ({"destination": None}, "parameter_missing", "destination"),
    ({"amount": None}, "parameter_missing", "amount"),
    ({"source_type": "cash"}, None, "source_type"),
    ({"urgent": "true"}, "parameter_unknown", "urgent"),
    ({"metadata": {"order": "x" * 501}}, None, "metadata[order]"),
]


def test_a_wrong_transfer_is_refused_as_stripe_refuses_it(simulated):
    simulated.top_up()
    account, refusals = simulated.account(), []
    for asked, _code, _param in WRONG:
        with pytest.raises(stripe.InvalidRequestError) as refused:
            simulated.transfer(**{"account": account} | asked)
        refusals.append((asked, refused.value.code, refused.value.param))
    assert refusals == WRONG
    assert simulated.balance() == {"eur": 100_000}


def test_json_is_held_against_the_typed_parameters_too(simulated):
    accounts = simulated.client.v2.core.accounts
    with pytest.raises(stripe.InvalidRequestError) as refused:
        accounts.create({"dashboard": "gold"})
    assert refused.value.param == "dashboard"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        accounts.create({"configuration": {"recipient": {"colour": "red"}}})
    assert refused.value.param == "configuration.recipient.colour"


def test_who_may_not_is_turned_away(simulated):
    with pytest.raises(stripe.AuthenticationError):
        client_of(simulated.url, key="sk_test_other").v1.balance.retrieve()
    with pytest.raises(stripe.PermissionError):
        simulated.client.v1.balance.retrieve({}, {"stripe_account": "acct_none"})
    with pytest.raises(stripe.PermissionError, match="Only the platform"):
        simulated.client.v1.transfers.list({}, {"stripe_account": simulated.account()})
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        simulated.client.v1.customers.list()
    with pytest.raises(stripe.InvalidRequestError, match="version"):
        simulated.client.v1.balance.retrieve({}, {"stripe_version": "2020-08-27"})


def test_an_account_without_its_capability_receives_nothing(simulated):
    simulated.top_up()
    account = simulated.account()
    for act in ("restrict", "close"):
        do(simulated.state, f"accounts/{account}/{act}")
        with pytest.raises(stripe.InvalidRequestError) as refused:
            simulated.transfer(account)
        assert refused.value.code == "insufficient_capabilities_for_transfer"
    assert simulated.client.v2.core.accounts.retrieve(account).closed is True


def test_what_is_asked_for_later_stops_an_account_once_it_is_overdue(simulated):
    account = simulated.account()
    do(simulated.state, f"accounts/{account}/ask")
    found = simulated.client.v2.core.accounts.retrieve(account, {"include": INCLUDE})
    deadline = found.requirements.summary.minimum_deadline
    assert (deadline.status, deadline.time is None) == ("currently_due", False)
    assert simulated.capability(account)[0] == "active"
    advance(simulated.state, 7 * DAY)
    assert simulated.capability(account)[0] == "restricted"


def test_an_account_pays_out_by_itself(simulated):
    simulated.top_up()
    account = simulated.account()
    simulated.transfer(account)
    seen = []
    for wait in (DAY, HOUR, 2 * DAY):
        advance(simulated.state, wait)
        seen.append(simulated.payout(account).status)
    assert seen == ["pending", "in_transit", "paid"]
    payout = simulated.payout(account)
    assert payout.arrival_date % DAY == 0
    assert simulated.balance(account) == {}
    included = simulated.lines(account, payout=payout.id)
    assert [one.type for one in included] == ["payout", "payment"]
    assert simulated.lines(type="stripe_fee")[0].net == -(10 + 13)
    retrieve = simulated.client.v1.payouts.retrieve
    assert retrieve(payout.id, {}, {"stripe_account": account}).amount == 5_000
    with pytest.raises(stripe.InvalidRequestError, match="No such payout"):
        retrieve(payout.id)


@pytest.mark.parametrize("switch", ["payout_fails", "payout_fails_later"])
def test_a_payout_fails_and_another_bank_account_mends_it(simulated, switch):
    simulated.top_up()
    account = simulated.account()
    arm(simulated.state, switch, matching=account)
    simulated.transfer(account)
    advance(simulated.state, DAY)
    seen = set()
    for _ in range(4):
        advance(simulated.state, DAY)
        seen.add(simulated.payout(account).status)
    assert ("paid" in seen) == (switch == "payout_fails_later")
    failed = simulated.payout(account)
    assert (failed.status, failed.failure_code) == ("failed", "account_closed")
    assert simulated.balance(account) == {"eur": 5_000}
    found = simulated.client.v2.core.accounts.retrieve(account, {"include": INCLUDE})
    assert found.requirements.entries[0].reference.type == "payment_method"
    assert found.configuration.recipient.capabilities.stripe_balance.payouts.status == "restricted"
    assert simulated.capability(account)[0] == "active"
    simulated.onboard(account, "finished")
    advance(simulated.state, 5 * DAY)
    assert (simulated.payout(account).status, simulated.balance(account)) == ("paid", {})


def test_a_top_up_counts_when_it_has_arrived(simulated):
    topups = simulated.client.v1.topups
    topup = topups.create({"amount": 700, "currency": "eur", "description": "top-up"})
    assert (topup.status, topup.balance_transaction, simulated.balance()) == ("pending", None, {})
    advance(simulated.state, DAY)
    arrived = topups.retrieve(topup.id)
    assert arrived.status == "succeeded"
    line = simulated.client.v1.balance_transactions.retrieve(arrived.balance_transaction)
    assert (line.source, line.net, simulated.balance()) == (topup.id, 700, {"eur": 700})
    assert [one.id for one in topups.list({"status": "succeeded"}).data] == [topup.id]


def test_lines_are_filtered_by_time_type_and_source_and_come_in_pages(simulated):
    simulated.top_up()
    account = simulated.account()
    begun = simulated.state.now()
    advance(simulated.state, HOUR)
    made = [simulated.transfer(account, 100 + n) for n in range(3)]
    later = simulated.lines(created={"gt": begun}, limit=2)
    assert [one.source for one in later] == [one.id for one in made[::-1]]
    assert [one.net for one in simulated.lines(source=made[1].id)] == [-101]
    assert [one.type for one in simulated.lines(created={"lte": begun})] == ["topup"]
    lines = simulated.client.v1.balance_transactions
    first = lines.list({"limit": 2})
    before = lines.list({"ending_before": first.data[1].id})
    assert (first.has_more, [one.id for one in before.data]) == (True, [first.data[0].id])
    with pytest.raises(stripe.InvalidRequestError, match="from 1 to 100"):
        lines.list({"limit": 101})


def test_the_same_key_is_answered_the_same_for_a_day(simulated):
    simulated.top_up()
    account = simulated.account()
    first = simulated.transfer(account, key="order-1")
    again = simulated.transfer(account, key="order-1")
    assert (again.id, again.last_response.headers["idempotent-replayed"]) == (first.id, "true")
    with pytest.raises(stripe.IdempotencyError) as refused:
        simulated.transfer(account, 5_001, key="order-1")
    assert refused.value.http_status == 400
    advance(simulated.state, DAY)
    assert simulated.transfer(account, key="order-1").id != first.id


def test_an_error_is_kept_under_its_key_and_a_wrong_request_is_not(simulated):
    account = simulated.account()
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError, match="too low"):
            simulated.transfer(account, key="order-1")
        simulated.top_up()
    with pytest.raises(stripe.InvalidRequestError, match="Invalid integer"):
        simulated.transfer(account, 1.5, key="order-2")
    assert simulated.transfer(account, key="order-2").amount == 5_000
    create = simulated.client.v2.core.accounts.create
    made = [create(RECIPIENT, {"idempotency_key": "provider-7"}).id for _ in range(2)]
    assert made[0] == made[1]


def test_two_calls_at_once_under_one_key_are_one_transfer(simulated):
    simulated.top_up()
    account = simulated.account()
    late = threading.Thread(
        target=simulated.transfer,
        args=(account,),
        kwargs={"key": "order-1", "switch": "answer_late; seconds=60"},
    )
    late.start()
    wait_until(lambda: simulated.state.books.transfers)
    with pytest.raises(stripe.APIError) as refused:
        simulated.transfer(account, key="order-1")
    assert refused.value.http_status == 409
    assert refused.value.json_body["error"]["code"] == "idempotency_key_in_use"
    simulated.state.stopping.set()
    late.join()
    simulated.transfer(account, key="order-1")
    assert len(simulated.client.v1.transfers.list().data) == 1


@pytest.mark.parametrize(
    ("switch", "error", "status", "made", "kept"),
    [
        ("drop_answer", stripe.APIConnectionError, None, 1, False),
        ("answer_late; seconds=30", stripe.APIConnectionError, None, 1, False),
        ("conflict", stripe.APIError, 409, 0, False),
        ("rate_limited; seconds=7", stripe.RateLimitError, 429, 0, False),
        ("error_before", stripe.APIError, 500, 0, True),
        ("error_after", stripe.APIError, 500, 1, True),
        ("insufficient_balance", stripe.InvalidRequestError, 400, 0, True),
        ("account_restricted", stripe.InvalidRequestError, 400, 0, True),
    ],
)
def test_a_call_goes_wrong_as_its_header_asks(simulated, switch, error, status, made, kept):
    simulated.top_up()
    account = simulated.account()
    caller = simulated.client_with(timeout=0.4) if "late" in switch else None
    with pytest.raises(error) as wrong:
        simulated.transfer(account, key="order-1", switch=switch, client=caller)
    assert wrong.value.http_status == status
    if status == 429:
        assert wrong.value.headers["retry-after"] == "7"
    wait_until(lambda: len(simulated.state.books.transfers) == made)
    simulated.state.stopping.set()
    do(simulated.state, f"accounts/{account}/release")
    if kept:
        with pytest.raises(error) as again:
            simulated.transfer(account, key="order-1")
        assert again.value.http_status == status
    else:
        wait_until(lambda: not simulated.state.in_progress)
        simulated.transfer(account, key="order-1")
        assert len(simulated.state.books.transfers) == 1


def test_a_switch_is_set_for_the_next_calls_that_match(simulated):
    assert simulated.browser(
        "/simulator/switches", {"switch": "conflict", "times": "2", "matching": "GET /v1/balance"}
    ) == (303, "/")
    assert "Refuse the call with 409" in simulated.browser("/")[1]
    simulated.client.v1.transfers.list()
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            simulated.client.v1.balance.retrieve()
    simulated.client.v1.balance.retrieve()
    assert simulated.browser("/simulator/switches", {"switch": "?"})[0] == 400


def test_the_client_repeats_a_dropped_call_under_the_same_key(simulated):
    simulated.top_up()
    account = simulated.account()
    arm(simulated.state, "drop_answer", matching="POST /v1/transfers")
    patient = simulated.client_with(max_network_retries=3)
    simulated.transfer(account, client=patient)
    assert len(simulated.state.books.transfers) == 1


def test_a_restart_goes_on_from_its_file(tmp_path):
    file = tmp_path / "simulator.json"
    with serve(State(file=file)) as url:
        topup = client_of(url).v1.topups.create({"amount": 500, "currency": "eur"})
    state = State(file=file)
    advance(state, DAY)
    with serve(state) as url:
        assert client_of(url).v1.topups.retrieve(topup.id).status == "succeeded"


def test_pages_answer_no_page_from_elsewhere(simulated):
    assert simulated.browser("/")[0] == 200
    form = {"amount": "1", "currency": "eur"}
    assert simulated.browser("/simulator/topups", form, origin="http://elsewhere")[0] == 403
    assert simulated.browser("/", host="elsewhere.example")[0] == 403
    assert simulated.balance() == {}


def test_events_come_signed_with_both_secrets(told, receiver):
    told.top_up()
    told.transfer(told.account())
    kinds = ["topup.created", "topup.succeeded"]
    came = receiver.wait_for(2)
    for secret in ("whsec_old", "whsec_new"):
        found = [stripe.Webhook.construct_event(body, sign, secret).type for sign, body in came]
        assert found == kinds
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(came[0][1], came[0][0], "whsec_none")
    all_came = receiver.wait_for(8)
    thin = [
        told.client.parse_event_notification(body, sign, "whsec_new")
        for sign, body in all_came
        if json.loads(body)["object"] == "v2.core.event"
    ]
    assert thin[0].type == "v2.core.account.created"
    changed = [one for one in thin if one.type.endswith("capability_status_updated")]
    assert changed[0].fetch_event().data.updated_capability.startswith("stripe_balance.")
    assert changed[0].fetch_related_object().id == changed[0].related_object.id
    listed = told.client.v2.core.events.list({"object_id": thin[0].related_object.id, "limit": 2})
    assert len(list(listed.auto_paging_iter())) == len(thin)
    assert [one.type for one in told.client.v1.events.list({"type": "transfer.*"}).data] == [
        "transfer.created"
    ]


def types_of(came):
    return [json.loads(body)["type"] for _sign, body in came]


def test_an_event_is_tried_again_until_it_is_taken(told, receiver):
    receiver.answers = [500, 302]
    told.top_up()
    receiver.wait_for(2)
    wait_until(lambda: all(one.tries for one in told.state.books.deliveries))
    advance(told.state, 5)
    came = receiver.wait_for(4)
    assert types_of(came) == ["topup.created", "topup.succeeded"] * 2
    wait_until(lambda: "delivered (200)" in told.browser("/")[1])
    event = json.loads(came[0][1])["id"]
    assert told.browser(f"/simulator/events/{event}/send", {}) == (303, "/")
    assert json.loads(receiver.wait_for(5)[4][1])["id"] == event


def test_an_event_that_nobody_takes_is_given_up(told, receiver):
    receiver.answers = [500] * 8
    told.top_up()
    deliveries = told.state.books.deliveries
    for tries, wait in enumerate((0, 5, 60, 600), start=1):
        advance(told.state, wait)
        wait_until(lambda tries=tries: [one.tries for one in deliveries] == [tries] * 2)
    assert {one.status for one in deliveries} == {"given_up"}
    unsent = told.client.v1.events.list({"delivery_success": False}).data
    assert [one.type for one in unsent] == ["topup.succeeded", "topup.created"]


@pytest.mark.parametrize(
    ("switch", "expected"),
    [
        ("event_twice", ["topup.created", "topup.created", "topup.succeeded"]),
        ("events_reordered", ["topup.succeeded", "topup.created"]),
        ("event_late", ["topup.succeeded", "topup.created"]),
        ("event_lost", ["topup.succeeded"]),
    ],
)
def test_an_event_goes_astray_as_its_switch_says(told, receiver, switch, expected):
    arm(told.state, switch, matching="topup.created")
    told.top_up()
    receiver.wait_for(1)
    advance(told.state, 60)
    assert types_of(receiver.wait_for(len(expected))) == expected


def test_payout_events_name_their_account(told, receiver):
    told.top_up()
    account = told.account()
    told.transfer(account)
    advance(told.state, 4 * DAY)
    listed = told.client.v1.events.list({"types": ["payout.*"]}, {"stripe_account": account})
    assert [one.type for one in listed.data] == ["payout.paid", "payout.updated", "payout.created"]
    assert {one.account for one in listed.data} == {account}
    assert told.client.v1.events.list({"type": "payout.*"}).data == []
    event = told.client.v1.events.retrieve(listed.data[0].id, {}, {"stripe_account": account})
    assert event.data.object["status"] == "paid"
