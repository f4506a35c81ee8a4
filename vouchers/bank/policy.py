"""Who may do what with our accounts and with statements."""

from reintegration.kernel.actor import FINANCE_ROLES, Role
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import has_role, is_machine, not_by
from vouchers.bank.permissions import BankAccountPermission, BankPermission

_books = has_role(*FINANCE_ROLES, Role.AUDITOR)
_preparer = has_role(Role.FINANCE_PREPARER)
_finance_approver = has_role(Role.FINANCE_APPROVER)

POLICY: Policy = {
    BankAccountPermission.LIST: _books,
    BankAccountPermission.VIEW: _books,
    BankAccountPermission.PROPOSE: _preparer,
    BankAccountPermission.APPROVE: _finance_approver & not_by("proposed_by"),
    BankAccountPermission.STOP: _preparer | _finance_approver,
    BankPermission.LIST: _books,
    BankPermission.IMPORT: _preparer | is_machine,
    BankPermission.MATCH: _preparer | is_machine,
    BankPermission.RESOLVE: _preparer | is_machine,
    BankPermission.UNDO: _preparer,
}
