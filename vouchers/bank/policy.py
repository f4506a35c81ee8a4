"""Who may do what with our accounts and with statements."""

from reintegration.kernel.groups import books, finance_approver, preparer
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import is_machine, not_by
from vouchers.bank.permissions import BankAccountPermission, BankPermission

POLICY: Policy = {
    BankAccountPermission.LIST: books,
    BankAccountPermission.VIEW: books,
    BankAccountPermission.PROPOSE: preparer,
    BankAccountPermission.APPROVE: finance_approver & not_by("proposed_by"),
    BankAccountPermission.STOP: preparer | finance_approver,
    BankPermission.LIST: books,
    BankPermission.IMPORT: preparer | is_machine,
    BankPermission.MATCH: preparer | is_machine,
    BankPermission.RESOLVE: preparer | is_machine,
    BankPermission.UNDO: preparer,
}
