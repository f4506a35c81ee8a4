"""Who may do what with funds and the ledger: one prepares, another allocates."""

from reintegration.kernel.actor import FINANCE_ROLES, Role
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import has_role, is_machine
from vouchers.books.permissions import FundPermission, LedgerPermission

_books = has_role(*FINANCE_ROLES, Role.AUDITOR)
_preparer = has_role(Role.FINANCE_PREPARER)
_finance_approver = has_role(Role.FINANCE_APPROVER)

POLICY: Policy = {
    FundPermission.VIEW: _books,
    FundPermission.CREATE: _preparer | is_machine,
    FundPermission.RECORD_GRANT: _preparer | is_machine,
    FundPermission.ADD_LINE: _preparer | is_machine,
    FundPermission.ALLOCATE: _finance_approver | is_machine,
    FundPermission.ADD_RATE: _preparer | is_machine,
    FundPermission.EXCHANGE: _finance_approver | is_machine,
    LedgerPermission.READ: _books,
    LedgerPermission.EXPORT: _books,
}
