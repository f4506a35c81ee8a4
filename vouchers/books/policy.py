"""Who may do what with funds and the ledger: one prepares, another allocates."""

from reintegration.kernel.actor import Role
from reintegration.kernel.groups import books, finance_approver, preparer
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import has_role, is_machine, not_by
from vouchers.books.permissions import (
    FundPermission,
    LedgerPermission,
    OpeningPermission,
    PeriodPermission,
)

POLICY: Policy = {
    FundPermission.VIEW: books,
    FundPermission.CREATE: preparer | is_machine,
    FundPermission.RECORD_GRANT: preparer | is_machine,
    FundPermission.ADD_LINE: preparer | is_machine,
    FundPermission.ALLOCATE: finance_approver | is_machine,
    FundPermission.ADD_RATE: preparer | is_machine,
    FundPermission.EXCHANGE: finance_approver | is_machine,
    OpeningPermission.VIEW: books,
    OpeningPermission.PROPOSE: preparer | is_machine,
    OpeningPermission.APPROVE: finance_approver & not_by("proposed_by"),
    OpeningPermission.DROP: preparer | finance_approver,
    OpeningPermission.TAKE_BACK: finance_approver,
    PeriodPermission.VIEW: books,
    PeriodPermission.PREPARE: preparer,
    PeriodPermission.DISCARD: preparer | finance_approver,
    PeriodPermission.CLOSE: finance_approver & not_by("prepared_by"),
    PeriodPermission.ASK_TO_REOPEN: preparer | finance_approver,
    PeriodPermission.KEEP_CLOSED: preparer | finance_approver,
    PeriodPermission.REOPEN: finance_approver & not_by("reopen_asked_by"),
    PeriodPermission.EXPORT: books,
    LedgerPermission.READ: books,
    LedgerPermission.EXPORT: books,
    LedgerPermission.WATCH: has_role(Role.AUDITOR),
}
