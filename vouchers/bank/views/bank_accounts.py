"""The programme's own accounts: proposed by one person, approved by another, stopped by either."""

from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reintegration.accounts.queries.users import names_of
from reintegration.kernel.db import session
from reintegration.kernel.signing import signers
from reintegration.web.current import acting, current_actor
from reintegration.web.once import Next
from reintegration.web.submit import Asking, asked, asked_why
from vouchers.bank.forms import BankAccountForm
from vouchers.bank.permissions import BankAccountPermission, BankPermission
from vouchers.bank.queries import bank as bank_queries
from vouchers.bank.queries import bank_accounts as queries
from vouchers.bank.queries.kept_columns import columns_of
from vouchers.bank.services import bank_accounts
from vouchers.bank.views import line_text as words
from vouchers.bank.views.blueprint import bank_bp as bp
from vouchers.books.models import BankAccount
from vouchers.formats import banks
from vouchers.payments.forms.claims import ReasonForm


def _account(bank_account_id: UUID) -> BankAccount:
    return queries.account_or_404(session(), current_actor(), bank_account_id)


@bp.page("/accounts", BankAccountPermission.LIST)
def accounts() -> ResponseReturnValue:
    """List our accounts; those that wait first."""
    return render_template(
        "vouchers/bank/accounts.html",
        accounts=queries.every_account(session(), current_actor()),
        P=BankAccountPermission,
    )


@bp.page("/accounts/<uuid:bank_account_id>", BankAccountPermission.VIEW, load=_account)
def account(account: BankAccount) -> ResponseReturnValue:
    """Show one account, its latest statements, and what may be decided on it."""
    columns = columns_of(session(), account)
    signed = signers(account, "proposed_by") | signers(account, "approved_by")
    return render_template(
        "vouchers/bank/account.html",
        account=account,
        files=banks.PROFILES[account.profile].label,
        people=names_of(session(), [*signed, columns.kept_by if columns else None]),
        columns=columns,
        said=words.columns_said(columns.mapping) if columns else [],
        statements=bank_queries.statements(session(), account),
        P=BankAccountPermission,
        B=BankPermission,
    )


@bp.form("/accounts/new", BankAccountPermission.PROPOSE, fresh=True)
def account_new() -> Asking:
    """Propose an account."""
    form = BankAccountForm()
    yield asked("vouchers/bank/account_form.html", form)
    proposed = bank_accounts.propose(
        session(),
        name=form.name.data or "",
        holder=form.holder.data or "",
        iban=form.iban.data or "",
        identifier=form.identifier.data or "",
        currency=form.currency.data,
        profile=form.profile.data or "",
        **acting(),
    )
    return _back(
        proposed, _("It is proposed. Nothing is paid from it before an approver has agreed.")
    )


@bp.act(
    "/accounts/<uuid:bank_account_id>/approve",
    BankAccountPermission.APPROVE,
    load=_account,
    fresh=True,
)
def account_approve(account: BankAccount) -> Next:
    """Put an account to use."""
    bank_accounts.approve(session(), account, **acting())
    return _back(account, _("The account is in use from now on."))


@bp.act("/accounts/<uuid:bank_account_id>/drop", BankAccountPermission.APPROVE, load=_account)
def account_drop(account: BankAccount) -> Next:
    """Drop a proposal."""
    bank_accounts.drop(session(), account, **acting())
    return _back(account, _("The proposal is dropped."))


@bp.form("/accounts/<uuid:bank_account_id>/stop", BankAccountPermission.STOP, load=_account)
def account_stop(account: BankAccount) -> Asking:
    """Use an account no more."""
    batches = queries.open_batches(session(), account)
    page = "vouchers/bank/account_stop.html"
    reason = yield from asked_why(page, ReasonForm(), account=account, open_batches=batches)
    bank_accounts.stop(session(), account, reason=reason, **acting())
    return _back(account, _("Nothing is paid from this account any more."))


def _back(account: BankAccount, said: str) -> Next:
    return Next(url_for(".account", bank_account_id=account.id), said)
