"""The programme's own accounts: proposed by one person, approved by another, stopped by either."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.queries.users import names_of
from reintegration.kernel.db import session
from reintegration.web.current import acting, current_actor
from reintegration.web.requires import requires
from reintegration.web.submit import press, submit
from reintegration.web.transactional import transactional
from vouchers.bank.forms import BankAccountForm
from vouchers.bank.permissions import BankAccountPermission
from vouchers.bank.queries import bank_accounts as queries
from vouchers.bank.services import bank_accounts
from vouchers.bank.views.blueprint import bank_bp as bp
from vouchers.books.models import BankAccount
from vouchers.formats import banks
from vouchers.payments.forms.claims import ReasonForm


def _account(bank_account_id: UUID) -> BankAccount:
    return queries.account_or_404(session(), current_actor(), bank_account_id)


@bp.get("/accounts")
@requires(BankAccountPermission.LIST)
def accounts() -> ResponseReturnValue:
    """List our accounts; those that wait first."""
    return render_template(
        "vouchers/bank/accounts.html",
        accounts=queries.every_account(session(), current_actor()),
        P=BankAccountPermission,
    )


@bp.get("/accounts/<uuid:bank_account_id>")
@requires(BankAccountPermission.VIEW, load=_account)
def account(account: BankAccount) -> ResponseReturnValue:
    """Show one account, and what may be decided on it."""
    return render_template(
        "vouchers/bank/account.html",
        account=account,
        files=banks.PROFILES[account.profile].label,
        people=names_of(session(), [account.proposed_by, account.approved_by]),
        P=BankAccountPermission,
    )


@bp.get("/accounts/new")
@requires(BankAccountPermission.PROPOSE)
def account_new() -> ResponseReturnValue:
    """Show the form for another account."""
    return _form_page(BankAccountForm())


@bp.post("/accounts/new", endpoint="account_create")
@requires(BankAccountPermission.PROPOSE)
@transactional
def account_create() -> ResponseReturnValue:
    """Propose an account."""
    form = BankAccountForm()
    return submit(
        form,
        lambda: bank_accounts.propose(
            session(),
            name=form.name.data or "",
            holder=form.holder.data or "",
            iban=form.iban.data or "",
            identifier=form.identifier.data or "",
            currency=form.currency.data,
            profile=form.profile.data or "",
            **acting(),
        ),
        again=lambda: _form_page(form),
        said=_("It is proposed. Nothing is paid from it before an approver has agreed."),
        to=lambda proposed: url_for(".account", bank_account_id=proposed.id),
    )


@bp.post("/accounts/<uuid:bank_account_id>/approve")
@requires(BankAccountPermission.APPROVE, load=_account)
@transactional
def account_approve(account: BankAccount) -> ResponseReturnValue:
    """Put an account to use."""
    return press(
        lambda: bank_accounts.approve(session(), account, **acting()),
        said=_("The account is in use from now on."),
        to=url_for(".account", bank_account_id=account.id),
    )


@bp.post("/accounts/<uuid:bank_account_id>/drop")
@requires(BankAccountPermission.APPROVE, load=_account)
@transactional
def account_drop(account: BankAccount) -> ResponseReturnValue:
    """Drop a proposal."""
    return press(
        lambda: bank_accounts.drop(session(), account, **acting()),
        said=_("The proposal is dropped."),
        to=url_for(".account", bank_account_id=account.id),
    )


@bp.get("/accounts/<uuid:bank_account_id>/stop")
@requires(BankAccountPermission.STOP, load=_account)
def account_stop(account: BankAccount) -> ResponseReturnValue:
    """Ask before an account is used no more."""
    return _stop_page(account, ReasonForm())


@bp.post("/accounts/<uuid:bank_account_id>/stop", endpoint="account_stopped")
@requires(BankAccountPermission.STOP, load=_account)
@transactional
def account_stopped(account: BankAccount) -> ResponseReturnValue:
    """Use an account no more."""
    form = ReasonForm()
    return submit(
        form,
        lambda: bank_accounts.stop(session(), account, reason=form.reason.data or "", **acting()),
        again=lambda: _stop_page(account, form),
        said=_("Nothing is paid from this account any more."),
        to=url_for(".account", bank_account_id=account.id),
    )


def _form_page(form: BankAccountForm) -> str:
    return render_template("vouchers/bank/account_form.html", form=form)


def _stop_page(account: BankAccount, form: ReasonForm) -> str:
    return render_template(
        "vouchers/bank/account_stop.html",
        account=account,
        form=form,
        open_batches=queries.open_batches(session(), account),
    )
