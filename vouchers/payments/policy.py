"""Who may do what with claims, payments and payee accounts: three people pay."""

from typing import Any

from sqlalchemy import ColumnElement, case

from reintegration.kernel.actor import FINANCE_ROLES, Actor, Role
from reintegration.kernel.groups import (
    books,
    finance,
    finance_approver,
    preparer,
    provider_manager,
    vetting_officer,
)
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import (
    OfSubject,
    has_role,
    is_machine,
    not_by,
    not_in,
    own_organisation,
)
from reintegration.papers.holders import Rules
from vouchers.payments.permissions import (
    ClaimPermission,
    PayeePermission,
    PaymentPermission,
    StatementPermission,
)
from vouchers.payments.states import RELEASE_BY_PREPARER_BELOW, ClaimState

_releaser = has_role(Role.FINANCE_RELEASER)
bookkeeper = has_role(Role.PROVIDER_BOOKKEEPER, Role.PROVIDER_MANAGER)
"""Whoever keeps the books of a provider."""


def _limits() -> dict[str, int]:
    return {one: money.minor for one, money in RELEASE_BY_PREPARER_BELOW.today().items()}


def _is_small(_actor: Actor, subject: Any) -> bool:
    return bool(subject.total_minor < _limits().get(subject.currency, 0))


def _small_ones(_actor: Actor, model: Any) -> ColumnElement[bool]:
    limit = case(_limits(), value=model.currency, else_=0)
    return model.total_minor < limit  # type: ignore[no-any-return]


below_release_limit = OfSubject(_is_small, _small_ones)
"""The batch is so small that its preparer may also release it."""

CLAIM_PAPERS = Rules(
    reads=books | (bookkeeper & own_organisation),
    adds=bookkeeper & own_organisation,
    guards=preparer,
)
PAYEE_PAPERS = Rules(
    reads=books | vetting_officer | (bookkeeper & own_organisation),
    adds=preparer | (provider_manager & own_organisation),
)
"""The letter of the bank, for whoever compares it with the number."""

POLICY: Policy = {
    ClaimPermission.LIST_OWN: bookkeeper,
    ClaimPermission.VIEW_OWN: bookkeeper & own_organisation,
    ClaimPermission.PRINT: (books & not_in(ClaimState.DRAFT)) | (bookkeeper & own_organisation),
    ClaimPermission.DRAFT: bookkeeper,
    ClaimPermission.SUBMIT: bookkeeper & own_organisation,
    ClaimPermission.WITHDRAW: bookkeeper & own_organisation,
    ClaimPermission.LIST: books,
    ClaimPermission.VIEW: books & not_in(ClaimState.DRAFT),
    ClaimPermission.CHECK: preparer,
    ClaimPermission.DISPUTE: preparer,
    ClaimPermission.REFUSE_LINE: preparer,
    ClaimPermission.CLOSE: preparer,
    ClaimPermission.PUT_IN_PAYMENT: preparer,
    ClaimPermission.TAKE_OUT: preparer | finance_approver | is_machine,
    ClaimPermission.PAY: finance | is_machine,
    PaymentPermission.LIST: books,
    PaymentPermission.VIEW: books,
    PaymentPermission.PREPARE: preparer,
    PaymentPermission.APPROVE: finance_approver & not_by("prepared_by"),
    PaymentPermission.RELEASE: (_releaser & not_by("prepared_by", "approved_by"))
    | (preparer & below_release_limit & not_by("approved_by")),
    PaymentPermission.CANCEL: preparer | finance_approver,
    PaymentPermission.DOWNLOAD: finance,
    PaymentPermission.FAIL: preparer | is_machine,
    PaymentPermission.SETTLE: finance | is_machine,
    PayeePermission.LIST: has_role(*FINANCE_ROLES, Role.AUDITOR),
    PayeePermission.VIEW: has_role(*FINANCE_ROLES, Role.AUDITOR, Role.VETTING_OFFICER)
    | (has_role(Role.PROVIDER_MANAGER, Role.PROVIDER_BOOKKEEPER) & own_organisation),
    PayeePermission.PROPOSE: preparer | (provider_manager & own_organisation),
    PayeePermission.APPROVE: finance_approver & not_by("proposed_by"),
    StatementPermission.VIEW: books | (bookkeeper & own_organisation),
}
