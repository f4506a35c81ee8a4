"""The main pages of each role on phones and on a small desk: whole, nothing on another thing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from providers.referrals.states import ReferralState
from reintegration.accounts.services.sign_in import start_session
from reintegration.app import create_app
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.kernel import clock, tries
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as, db
from reintegration.kernel.db import session as current
from reintegration.kernel.outbox import OutboxMessage
from reintegration.settings import from_environment
from tests.browser.conftest import town_of
from tests.browser.seats import Seat, sit_down
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, Cast, actor, make_cast
from tests.factories.payments import (
    bank_line,
    make_batch,
    make_checked_claim,
    make_claim,
    make_deliveries,
    pay_lei_by_stripe,
    put_at_service,
    statement,
)
from tests.factories.vouchers import deliver, make_referral, make_voucher
from tests.plans.plan_makers import submit, write_plan
from tests.sampling import one_of_each
from tests.vouchers.formats.writers import OTHERS, Line, Tx
from vouchers.bank.services.statement_import import import_file
from vouchers.payments.models import PaymentOrder
from vouchers.payments.states import OrderState, Rail
from vouchers.stripe_rail.models import StripeTransfer

pytestmark = pytest.mark.xdist_group("browser-phone")

DESK = 1280
WIDTHS = (320, 390, DESK)
FOUND = "/redeem/v/…"  # its address is made by finding the voucher
PAGES = {
    "ana": (
        "/account/today",
        "/account/inbox",
        "/cases/",
        "/cases/register",
        "/cases/{case}",
        "/cases/{case}/plan",
        "/cases/{case}/needs",
        "/cases/{case}/consent",
        "/cases/emergency",
        "/cases/{case}/plan/milestones/{step}",
        "/cases/{case}/plan/lines/{line}",
        "/providers/match/{open_line}",
        "/referrals/",
        "/vouchers/",
        "/vouchers/{voucher}",
        "/vouchers/{voucher}/print",
        "/vouchers/lines/{open_line}/new",
    ),
    "sergiu": ("/account/today", "/cases/decisions", "/cases/{waiting}/plan/decision"),
    "rita": (
        "/account/today",
        "/redeem/",
        FOUND,
        "/redeem/today",
        "/redeem/receipts/{redemption}",
        "/redeem/receipts/{redemption}/reverse",
    ),
    "corina": ("/requests/", "/requests/{requested}"),
    "maria": ("/providers/mine",),
    "boris": (
        "/account/today",
        "/claims/mine",
        "/claims/mine/new",
        "/claims/mine/{claim}",
        "/claims/mine/money",
    ),
    "petru": (
        "/account/today",
        "/claims/",
        "/claims/{claim}",
        "/batches/",
        "/batches/new",
        "/batches/{batch}",
        "/bank/",
        "/bank/import",
        "/funds/",
        "/funds/lines/{budget_line}",
        "/ledger/",
        "/ledger/balances",
        "/batches/{at_stripe}",
        "/batches/orders/{order_at_stripe}",
        "/stripe/",
        "/stripe/balance/",
    ),
    "vera": ("/account/today", "/providers/vetting/", "/providers/vetting/{offering}"),
    "irina": ("/account/audit",),
    "dan": ("/account/users",),
}


@dataclass(frozen=True)
class Street:
    """A server, what its addresses name, and a session for each person."""

    url: str
    named: dict[str, str]
    code: str
    tokens: dict[str, str]


@contextmanager
def acting_on(database) -> Iterator[Session]:
    """Act as the system on a database of one's own, with an application that knows it."""
    with create_app(from_environment(database.environment())).app_context():
        act_as(current(), SYSTEM)
        try:
            yield current()
        finally:
            tries.companion(current()).dispose()
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="module")
def street(postgres, worker_id, tmp_path_factory) -> Iterator[Street]:
    """A little of everything, made once for all of these pages."""
    database = postgres.clone(f"punte_{worker_id}_phone")
    with acting_on(database) as session:
        cast = make_cast(session)
        named, code = furnish(session, cast)
        tokens = {
            who: start_session(
                session, person, device="phone", lifetime=timedelta(hours=8), now=clock.now()
            )
            for who, person in cast.people.items()
        }
        session.commit()
        with town_of(database, cast, tmp_path_factory.mktemp("street")) as running:
            yield Street(running.url, named, code, tokens)
    postgres.drop(database.name)


def furnish(session: Session, cast: Cast) -> tuple[dict[str, str], str]:
    """Add cases, plans, vouchers, claims and a bank statement, as far as pages differ by them."""
    for person in cast.people.values():
        person.locale = "en"
    work = make_casework(session, cast)
    issued = make_voucher(session, cast, work)
    session.commit()
    done = deliver(session, cast.rita, issued)
    requested = make_referral(session, cast, work, state=ReferralState.REQUESTED.value)
    waiting = write_plan(session, cast)
    submit(session, waiting)
    unasked = make_casework(session, cast)
    make_deliveries(session, cast)
    make_claim(session, cast)
    make_checked_claim(session, cast)
    claim = make_claim(session, cast)
    batch = make_batch(session, cast, until="released")
    session.commit()
    _import_a_statement(session, cast, batch)
    session.commit()
    order = _paid_through_stripe(session, cast)
    act_as(session, SYSTEM)
    named = {
        "case": work.case.id,
        "step": work.milestone.id,
        "line": work.line.id,
        "open_line": unasked.line.id,
        "voucher": issued.voucher.id,
        "waiting": waiting.case.id,
        "requested": requested.id,
        "redemption": done.redemption_id,
        "claim": claim.id,
        "batch": batch.id,
        "at_stripe": order.batch_id,
        "order_at_stripe": order.id,
        "budget_line": cast.budget_line.id,
        "offering": cast.offerings[ServiceCategory.SHELTER].id,
    }
    return {name: str(value) for name, value in named.items()}, issued.secrets.code


def _import_a_statement(session: Session, cast: Cast, batch) -> None:
    """Import what the bank booked of a batch, and a line that nobody here knows."""
    foreign = Line(
        -77_700,
        currency="MDL",
        day=TODAY,
        reference="X-1",
        transactions=[Tx(77_700, "MDL", None, "Apa Canal", OTHERS, "Factura")],
    )
    lines = [bank_line(order) for order in batch.orders]
    import_file(
        session,
        actor=actor(session, cast.petru),
        name="extras.xml",
        content=statement(cast, *lines, foreign),
        now=NOW,
    )


def _paid_through_stripe(session: Session, cast: Cast) -> PaymentOrder:
    """Pay an order through Stripe, with names as long as Stripe gives them."""
    with pytest.MonkeyPatch.context() as patch:
        pay_lei_by_stripe(patch)
        put_at_service(session, cast, cast.provider)
        order = make_batch(session, cast, until="released", by=Rail.STRIPE_TRANSFER).orders[0]
    act_as(session, SYSTEM)
    for message in session.scalars(
        select(OutboxMessage).where(OutboxMessage.channel.startswith("stripe."))
    ):
        session.delete(message)  # no Stripe is beside this house
    order.paid, order.settled_on = order.amount, TODAY
    order.state = OrderState.SETTLED
    session.add(
        StripeTransfer(
            order_id=order.id,
            reference=f"tr_{order.id.hex[:24]}",
            destination=f"acct_{order.id.hex[:24]}",
            amount=order.amount,
            made_at=NOW,
            known_at=NOW,
        )
    )
    session.commit()
    return order


@pytest.fixture(scope="module")
def seat_of(browser, street) -> Iterator[Callable[[str, int], Seat]]:
    """Give a phone or a desk of a width to a person, signed in."""
    taken: dict[tuple[str, int], Seat] = {}
    looked_at: set[str] = set()

    def seat(who: str, width: int) -> Seat:
        if (who, width) not in taken:
            phone = width < DESK
            context = browser.new_context(
                viewport={"width": width, "height": 844},
                is_mobile=phone,
                has_touch=phone,
                locale="en-GB",
            )
            cookie = {"name": "punte-session", "value": street.tokens[who], "url": street.url}
            context.add_cookies([cookie])
            taken[who, width] = sit_down(context, street.url, who, looked_at)
        return taken[who, width]

    yield seat
    for one in taken.values():
        one.page.context.close()


CELLS = [(who, path, width) for who in PAGES for path in PAGES[who] for width in WIDTHS]


@pytest.mark.parametrize(
    ("who", "path", "width"), one_of_each(CELLS, by=lambda who, _path, _width: who)
)
def test_a_page_is_shown_whole(seat_of, street, who, path, width):
    seat = seat_of(who, width)
    go_to(seat, street, path)
    expect(seat.page.locator("h1")).to_have_count(1)
    assert "Sign in" not in seat.page.title()
    seat.looks()


def go_to(seat: Seat, street: Street, path: str) -> None:
    """Open a page by its address; one is only reached by typing a code."""
    if path == FOUND:
        seat.goes_to("/redeem/")
        seat.types("Code of the voucher", street.code)
        seat.presses("Find")
    else:
        answer = seat.page.goto(seat.url + path.format(**street.named))
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
