"""Who may do what with our accounts and with statements."""

from reintegration.kernel.groups import books, finance_approver, preparer
from reintegration.kernel.permissions import Policy
from reintegration.kernel.rules import is_machine, is_set, not_by
from vouchers.bank.permissions import BankAccountPermission, BankPermission

_SECOND = finance_approver & is_set("noted_by") & not_by("noted_by")
"""An approver, once somebody else has written down what a line is."""

POLICY: Policy = {
    BankAccountPermission.LIST: books,
    BankAccountPermission.VIEW: books,
    BankAccountPermission.PROPOSE: preparer,
    BankAccountPermission.APPROVE: finance_approver & not_by("proposed_by"),
    BankAccountPermission.STOP: preparer | finance_approver,
    BankAccountPermission.MAP: preparer | is_machine,
    BankPermission.LIST: books,
    BankPermission.IMPORT: preparer | is_machine,
    BankPermission.MATCH: preparer | is_machine,
    BankPermission.RESOLVE: preparer | is_machine,
    BankPermission.FEE: preparer | is_machine | _SECOND,
    BankPermission.FEE_ABOVE: _SECOND,
    BankPermission.WRITE_OFF: preparer | _SECOND,
    BankPermission.WRITE_OFF_ABOVE: _SECOND,
    BankPermission.UNDO: preparer,
    BankPermission.ANSWER: preparer,
}
