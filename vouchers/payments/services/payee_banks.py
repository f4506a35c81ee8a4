"""Which bank keeps a payee's account: told by the IBAN, known to us, or typed; never unknown."""

import re

from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from reintegration.kernel import codes
from reintegration.kernel.errors import N_, Invalid
from vouchers.formats import left_bank, mdl_csv

TREASURY = {"MD": ("TR", "TREZMD2X")}
"""By country: how the code of a bank begins where the state keeps accounts, and its BIC."""

_SHAPE = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")


def bank_of(number: IBAN, typed: str, *, needed: bool) -> str:
    """Return the BIC of the bank that keeps `number`; nothing when nobody knows and none is needed.

    Raises Invalid when it is needed and unknown, or what was typed is no BIC, another country's,
    or another bank's than the number says.
    """
    known, told = _known(number), codes.compact(typed)
    if told and (not _SHAPE.fullmatch(told) or not _exists(told)):
        raise _refused(N_("This is not a BIC: it has 8 or 11 letters and digits, as AGRNMD2X."))
    if told and told[4:6] != number.country_code:
        raise _refused(N_("This BIC is of another country than the IBAN. Compare both."))
    if told and known and told[:8] != known[:8]:
        raise _refused(N_("By its IBAN the account is at %(bank)s. Compare both."), bank=known)
    if needed and not (known or told):
        raise _refused(
            N_(
                "No bank with the code %(code)s is known here. Compare the IBAN with the bank's"
                " paper; if it is right, enter the BIC that stands there."
            ),
            code=str(number.bank_code or number[4:6]),
        )
    return known or told


def refuse_final(currency: str, bank: str, code: str, account: str, name: str) -> None:
    """Raise Invalid unless a payee behind the transit bank is named, and no other one is."""
    if left_bank.is_transit(bank) and currency == mdl_csv.CURRENCY:
        left_bank.refuse_parts(code, account, name)
        return
    fields = {"final_code": code, "final_account": account, "final_name": name}
    for field, part in fields.items():
        if part:
            raise Invalid(
                N_(
                    "Only payments in lei through %(bank)s say for whom they are: this account is"
                    " paid itself. Leave it empty."
                ),
                code="final_unused",
                field=field,
                bank=left_bank.BIC,
            )


def _known(number: IBAN) -> str:
    """Return what the directory of banks says, or the treasury's."""
    begins, bic = TREASURY.get(number.country_code, ("", ""))
    if begins and number[4:].startswith(begins):
        return bic
    return str(number.bic or "")


def _exists(told: str) -> bool:
    try:
        BIC(told)
    except (SchwiftyException, ValueError):
        return False
    return True


def _refused(message: str, **params: str) -> Invalid:
    return Invalid(message, field="bic", **params)
