"""Who may do what with vouchers and money."""

from typing import Any

from reintegration.kernel.actor import FINANCE_ROLES, Actor, Role
from reintegration.kernel.permissions import (
    Policy,
    has_role,
    is_machine,
    not_by,
    on_case_team,
    own_organisation,
)
from vouchers.permissions import (
    BankAccountPermission,
    BankPermission,
    ClaimPermission,
    FundPermission,
    LedgerPermission,
    PaymentPermission,
    RedemptionPermission,
    VoucherPermission,
)
from vouchers.states import RELEASE_BY_PREPARER_BELOW

_worker = has_role(Role.CASE_MANAGER)
_supervisor = has_role(Role.SUPERVISOR)
_case_people = has_role(Role.CASE_MANAGER, Role.SUPERVISOR)
_finance = has_role(*FINANCE_ROLES)
_books = has_role(*FINANCE_ROLES, Role.AUDITOR)
_preparer = has_role(Role.FINANCE_PREPARER)
_finance_approver = has_role(Role.FINANCE_APPROVER)
_desk = has_role(Role.PROVIDER_RECEPTION, Role.PROVIDER_COORDINATOR, Role.PROVIDER_MANAGER)
_provider_manager = has_role(Role.PROVIDER_MANAGER)
_releaser = has_role(Role.FINANCE_RELEASER)
_bookkeeper = has_role(Role.PROVIDER_BOOKKEEPER, Role.PROVIDER_MANAGER)


def below_release_limit(_actor: Actor, subject: Any) -> bool:
    """The batch is so small that its preparer may also release it."""
    limit = RELEASE_BY_PREPARER_BELOW.get(subject.currency, 0) if subject is not None else 0
    return subject is not None and bool(subject.total_minor < limit)


POLICY: Policy = {
    VoucherPermission.LIST: ((_case_people,), (_books,)),
    VoucherPermission.VIEW: ((_case_people, on_case_team), (_books,)),
    VoucherPermission.DRAFT: ((_worker, on_case_team),),
    VoucherPermission.APPROVE: ((_supervisor, on_case_team, not_by("drafted_by")), (is_machine,)),
    VoucherPermission.ISSUE: ((_worker, on_case_team), (is_machine,)),
    VoucherPermission.PRINT: ((_worker, on_case_team),),
    VoucherPermission.SUSPEND: ((_case_people, on_case_team), (is_machine,)),
    VoucherPermission.RESUME: ((_case_people, on_case_team), (is_machine,)),
    VoucherPermission.EXPIRE: ((is_machine,),),
    VoucherPermission.CANCEL: ((_case_people, on_case_team), (is_machine,)),
    VoucherPermission.REPLACE: ((_worker, on_case_team), (is_machine,)),
    RedemptionPermission.RECORD: ((_desk,),),
    RedemptionPermission.LIST_OWN: ((_desk,),),
    RedemptionPermission.READ_RECEIPT: ((_desk, own_organisation),),
    RedemptionPermission.REVERSE: ((_desk, own_organisation), (_finance,), (_worker, on_case_team)),
    RedemptionPermission.LIST_UNCONFIRMED: ((_case_people,),),
    RedemptionPermission.CONFIRM: ((_case_people, on_case_team, not_by("recorded_by")),),
    RedemptionPermission.REFUSE: ((_case_people, on_case_team, not_by("recorded_by")),),
    RedemptionPermission.MANAGE_TOKENS: ((_provider_manager,),),
    FundPermission.VIEW: ((_books,),),
    FundPermission.CREATE: ((_preparer,), (is_machine,)),
    FundPermission.RECORD_GRANT: ((_preparer,), (is_machine,)),
    FundPermission.ADD_LINE: ((_preparer,), (is_machine,)),
    FundPermission.ALLOCATE: ((_finance_approver,), (is_machine,)),
    FundPermission.ADD_RATE: ((_preparer,), (is_machine,)),
    FundPermission.EXCHANGE: ((_finance_approver,), (is_machine,)),
    LedgerPermission.READ: ((_books,),),
    LedgerPermission.EXPORT: ((_books,),),
    ClaimPermission.LIST_OWN: ((_bookkeeper,),),
    ClaimPermission.VIEW_OWN: ((_bookkeeper, own_organisation),),
    ClaimPermission.DRAFT: ((_bookkeeper,),),
    ClaimPermission.SUBMIT: ((_bookkeeper, own_organisation),),
    ClaimPermission.WITHDRAW: ((_bookkeeper, own_organisation),),
    ClaimPermission.LIST: ((_books,),),
    ClaimPermission.VIEW: ((_books,),),
    ClaimPermission.CHECK: ((_preparer,),),
    ClaimPermission.DISPUTE: ((_preparer,),),
    ClaimPermission.REFUSE_LINE: ((_preparer,),),
    ClaimPermission.CLOSE: ((_preparer,),),
    ClaimPermission.PUT_IN_PAYMENT: ((_preparer,),),
    ClaimPermission.TAKE_OUT: ((_preparer,), (_finance_approver,), (is_machine,)),
    ClaimPermission.PAY: ((_finance,), (is_machine,)),
    PaymentPermission.LIST: ((_books,),),
    PaymentPermission.VIEW: ((_books,),),
    PaymentPermission.PREPARE: ((_preparer,),),
    PaymentPermission.APPROVE: ((_finance_approver, not_by("prepared_by")),),
    PaymentPermission.RELEASE: (
        (_releaser, not_by("prepared_by", "approved_by")),
        (_preparer, below_release_limit, not_by("approved_by")),
    ),
    PaymentPermission.CANCEL: ((_preparer,), (_finance_approver,)),
    PaymentPermission.DOWNLOAD: ((_finance,),),
    PaymentPermission.FAIL: ((_preparer,), (is_machine,)),
    PaymentPermission.SETTLE: ((_finance,), (is_machine,)),
    BankAccountPermission.LIST: ((_books,),),
    BankAccountPermission.VIEW: ((_books,),),
    BankAccountPermission.PROPOSE: ((_preparer,),),
    BankAccountPermission.APPROVE: ((_finance_approver, not_by("proposed_by")),),
    BankAccountPermission.STOP: ((_preparer,), (_finance_approver,)),
    BankPermission.LIST: ((_books,),),
    BankPermission.IMPORT: ((_preparer,), (is_machine,)),
    BankPermission.MATCH: ((_preparer,), (is_machine,)),
    BankPermission.RESOLVE: ((_preparer,), (is_machine,)),
    BankPermission.UNDO: ((_preparer,),),
}
