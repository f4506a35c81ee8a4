"""A demo pays through a simulator of Stripe that `make run` starts beside it; production never."""

import http.client
import json
import os
import socket
import stat
import time
from base64 import b64encode

import pytest

from reintegration.kernel.money import Money
from reintegration.operations import environment, simulated, supervisor
from reintegration.settings import from_environment
from tests.test_settings import PRODUCTION
from tools.stripe_simulator import Settings, State, do
from vouchers.stripe_rail import gateway

_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
PORT = 18470 + 200 * _WORKER  # the next free one is looked for: two at once would find the same
DEMO = {
    "DATABASE_URL": "postgresql://app@127.0.0.1:1/punte",
    "SECRET_KEY": "a-secret-key-that-is-only-for-tests",
    "PUNTE_MASTER_KEY": b64encode(bytes(range(32))).decode(),
}
OF_STRIPE = ("STRIPE_API_BASE", "STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET")


@pytest.fixture
def settings(tmp_path):
    def read(port=PORT, **given):
        return from_environment({"PUNTE_INSTANCE": str(tmp_path), "PORT": str(port), **given})

    return read


def test_every_program_of_a_demo_is_told_of_the_simulator_and_it_of_them(settings, monkeypatch):
    for name in OF_STRIPE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(supervisor, "_has_demo", lambda _settings: True)
    house = supervisor._House(settings(**DEMO))
    simulator, scheduler = house.later
    for child in (house.web, house.demo, scheduler):
        told = settings(**DEMO, **child.environment)
        assert told.stripe_api_base == f"http://127.0.0.1:{house.stripe.port}"
        assert told.stripe_api_key in simulator.command
        assert set(told.stripe_webhook_secrets) < set(simulator.command)
    assert f"http://localhost:{PORT}/stripe/events" in simulator.command


@pytest.fixture
def beside(settings, open_folder):
    """A simulator that runs, and what a command in another window reads of its folder."""
    found = simulated.beside(settings(PUNTE_INSTANCE=str(open_folder), **DEMO), {})
    with socket.create_server(("127.0.0.1", found.port)):
        yield (
            found,
            lambda **given: environment.settings({"PUNTE_INSTANCE": str(open_folder), **given}),
        )


def test_a_command_in_another_window_pays_through_the_simulator_that_runs(beside, open_folder):
    found, command = beside
    assert command().stripe_api_key is None
    with simulated.known(found, open_folder):
        told = command()
        assert (told.stripe_api_key, told.stripe_api_base) == (found.key, found.address)
        assert told.stripe_webhook_secrets == (found.webhook_secret,)
        for name in OF_STRIPE:
            assert command(**{name: ""}).stripe_api_key is None
    assert command().stripe_api_key is None


def test_a_simulator_that_was_killed_with_its_keeper_is_not_believed(beside, open_folder):
    found, command = beside
    (open_folder / simulated._RUNNING).write_text(f"{free_port()}\n")
    assert command().stripe_api_key is None
    with simulated.known(None, open_folder):
        assert command().stripe_api_key is None
    assert not (open_folder / simulated._RUNNING).exists()
    assert found.key


def test_production_reads_nothing_of_it(beside, open_folder):
    found, command = beside
    with simulated.known(found, open_folder):
        for given in (PRODUCTION, {**PRODUCTION, "DATABASE_OWNER_URL": "postgresql://o@db/punte"}):
            read = command(**given)
            assert (read.stripe_api_key, read.stripe_api_base) == (None, None)
            assert read.stripe_webhook_secrets == ()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def test_its_secrets_are_made_once_for_their_owner_only(settings, tmp_path):
    one, again = (simulated.beside(settings(**DEMO), {}) for _time in range(2))
    assert (one.key, one.webhook_secret) == (again.key, again.webhook_secret)
    kept = tmp_path / "stripe-simulator.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert one.key not in repr(one)


def test_where_its_port_is_taken_it_has_the_next_one(settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = simulated.beside(settings(port - 1, **DEMO), {})
    assert found.port > port


def test_production_and_a_demo_that_names_stripe_itself_have_none(settings):
    production = {**PRODUCTION, "PUNTE_BASE_URL": "https://staff.example"}
    assert simulated.beside(settings(**production), {}) is None
    for name in OF_STRIPE:
        assert simulated.beside(settings(**DEMO), {name: ""}) is None


def test_it_begins_with_the_history_of_the_demo_and_a_killed_one_goes_on_from_its_state(
    settings, tmp_path
):
    line = {"account": "", "created": 1_700_000_000, "available_on": 1_700_000_000}
    line |= {"id": "txn_1", "amount": 5_000, "currency": "eur", "type": "topup", "source": None}
    history = tmp_path / simulated.HISTORY
    history.write_text(json.dumps({"balance_transactions": {"txn_1": line}}))
    found = simulated.beside(settings(**DEMO), {})
    child = supervisor._Child("The simulator", found.command)
    stripe = gateway.Gateway(found.key, api_base=found.address, repeats=0)
    try:
        child.start()
        until_it_answers(found.port)
        assert stripe.balance() == [Money(5_000, "EUR")]
        top_up(found.port)
        child.process.kill()
        child.process.wait()
        child.start()
        until_it_answers(found.port)
        assert stripe.balance() == [Money(15_000, "EUR")]
    finally:
        supervisor._end([child.process])


def until_it_answers(port, give_up_after=20.0):
    ends = time.monotonic() + give_up_after
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the simulator does not answer")


def top_up(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/simulator/topups", "amount=100.00&currency=eur", form)
    assert connection.getresponse().status < 400
    connection.close()


def test_a_demo_that_was_made_anew_is_gone_on_from_and_the_same_one_only_once(tmp_path):
    history, kept = tmp_path / simulated.HISTORY, tmp_path / "state.json"
    for written, topped_up in ((b"{}", 2), (b"{ }", 1)):
        history.write_bytes(written)
        for _start in range(topped_up):
            state = State(Settings(), kept)
            state.go_on_from(history)
            do(state, "topups", amount="1.00", currency="eur")
        assert len(state.books.topups) == topped_up
