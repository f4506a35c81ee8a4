"""What does harm in other hands asks once more who is there, and loses nothing that was typed."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from reintegration.accounts.models import SignInSession
from reintegration.accounts.services import step_up
from reintegration.kernel import clock
from reintegration.kernel.audit import AuditEvent
from tests.factories.cast import PASSWORD, make_iban
from tests.factories.factors import code_of, enrol
from vouchers.payments.models.payees import PayeeAccount

FRESH = {
    "accounts.audit_export",
    "accounts.passkey_new",
    "accounts.passkey_remove",
    "accounts.second_factor_app",
    "accounts.second_factor_codes",
    "accounts.user_second_factor",
    "rules.proposal_approve",
    "bank.account_approve",
    "bank.account_new",
    "batches.approve",
    "batches.download",
    "batches.release",
    "cases.case_identity",
    "cases.case_identity_save",
    "ledger.export",
    "name_exports.approve",
    "name_exports.new",
    "payees.approve",
    "payees.new",
    "stripe_accounts.new",
    "stripe_accounts.propose",
    "opening.approve",
    "periods.close",
    "periods.commitments_file",
    "periods.cut_off_file",
    "periods.dimensions_file",
    "periods.journal_file",
    "periods.reopen",
    "periods.signed",
    "periods.tie_out_file",
    "periods.trial_balance_file",
    "opening.take_back",
}
"""Export, unmasking, bank details, approval and release of money, and the factor itself."""


@pytest.fixture
def grown_old(session):
    """Return a function after which nobody showed lately who they are."""

    def age(by=step_up.FRESH_FOR):
        session.execute(update(SignInSession).values(confirmed_at=clock.now() - by))
        session.commit()

    return age


def proposal(cast):
    return {
        "iban": make_iban("AG000225100013104168"),
        "holder": "Centrul Speranța SRL",
        "currency": "MDL",
    }


def accounts_of(session, cast):
    mine = PayeeAccount.provider_id == cast.provider.id
    return session.scalar(select(func.count()).select_from(PayeeAccount).where(mine))


def test_these_addresses_ask_and_no_others(app):
    found = {name for name, view in app.view_functions.items() if getattr(view, "fresh", False)}
    assert {name.removesuffix("_submit") for name in found} == FRESH


def test_what_was_just_shown_holds_for_ten_minutes(cast, sign_in, grown_old):
    irina = sign_in(cast.irina)
    export = "/account/audit/export.csv"
    assert irina.get(export).status_code == 200
    grown_old(step_up.FRESH_FOR - timedelta(seconds=20))
    assert irina.get(export).status_code == 200
    grown_old()
    assert irina.get(export).location.startswith("/account/confirm?next=/account/audit/export.csv")


def test_a_page_is_reached_after_a_right_password_with_its_whole_address(cast, sign_in, grown_old):
    irina = sign_in(cast.irina)
    grown_old()
    asked = irina.get("/account/audit/export.csv?action=user:").location
    assert "action" in asked
    wrong = irina.post("/account/confirm", data={"step_up": "wrong", "next": "/account/inbox"})
    assert wrong.status_code == 422
    to = {"step_up": PASSWORD, "next": "/account/audit/export.csv?action=user:"}
    assert irina.post("/account/confirm", data=to).location == to["next"]
    assert irina.get(to["next"]).status_code == 200


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example"])
def test_showing_who_one_is_leads_nowhere_else(cast, sign_in, grown_old, target):
    irina = sign_in(cast.irina)
    assert (
        irina.post("/account/confirm", data={"step_up": PASSWORD, "next": target}).location == "/"
    )


def test_what_a_form_sent_is_done_after_the_password_and_typed_once(
    cast, sign_in, session, grown_old
):
    maria, before = sign_in(cast.maria), accounts_of(session, cast)
    address = f"/payees/new/{cast.provider.id}"
    grown_old()
    between = maria.post(f"{address}?lang=en", data=proposal(cast) | {"form_key": "one"})
    assert between.status_code == 403
    assert accounts_of(session, cast) == before
    carried = {
        name: html.unescape(value)
        for name, value in re.findall(
            r'type="hidden" name="([a-z_]+)" value="([^"]*)"', between.text.split("<main")[1]
        )
        if name != "csrf_token"
    }
    assert carried.items() >= proposal(cast).items()
    done = maria.post(address, data=carried | {"step_up": PASSWORD})
    assert done.status_code == 302, done.text
    assert accounts_of(session, cast) == before + 1


def test_a_wrong_password_does_nothing_and_keeps_what_was_typed(cast, sign_in, session, grown_old):
    maria, before = sign_in(cast.maria), accounts_of(session, cast)
    grown_old()
    page = maria.post(
        f"/payees/new/{cast.provider.id}?lang=en", data=proposal(cast) | {"step_up": "wrong"}
    )
    assert page.status_code == 422
    assert "This is not your password" in page.text
    assert proposal(cast)["iban"] in page.text
    assert accounts_of(session, cast) == before


def test_guesses_are_counted_although_nothing_is_kept(cast, sign_in, grown_old):
    maria = sign_in(cast.maria)
    grown_old()
    typed = proposal(cast) | {"step_up": "wrong"}
    address = f"/payees/new/{cast.provider.id}"
    answers = [maria.post(address, data=typed).status_code for _ in range(9)]
    assert answers == [422] * 8 + [429]
    assert maria.post(address, data=typed | {"step_up": PASSWORD}).status_code == 429


def test_who_has_an_app_shows_a_code_and_no_password(cast, sign_in, session, grown_old):
    now = clock.now()
    secret, _codes = enrol(session, cast.irina, now=now)
    irina = sign_in(cast.irina)
    grown_old()
    page = irina.get("/account/confirm?lang=en").text
    assert "Six digits that your app shows" in page
    assert irina.post("/account/confirm", data={"step_up": PASSWORD}).status_code == 422
    code = code_of(secret, now)
    assert irina.post("/account/confirm", data={"step_up": code}).status_code == 302
    assert irina.get("/account/audit/export.csv").status_code == 200
    grown_old()
    assert irina.post("/account/confirm", data={"step_up": code}).status_code == 422


def test_that_it_was_shown_stands_in_the_trail(cast, sign_in, session):
    sign_in(cast.irina).post("/account/confirm", data={"step_up": PASSWORD})
    told = select(AuditEvent.actor_id).where(AuditEvent.action == "session:confirm")
    assert session.scalars(told).all() == [cast.irina.id]


def test_who_may_not_is_refused_before_anything_is_asked(cast, sign_in, grown_old):
    rita = sign_in(cast.rita)
    grown_old()
    assert rita.get("/account/audit/export.csv").status_code == 403
