"""The codes of ISO 20022 by which banks say how a payment stands and why, in words.

They are external code lists: banks use others too, and those are shown as they are written.
"""

import re
from collections.abc import Mapping

from reintegration.kernel.errors import N_

REJECTED = "RJCT"
"""The bank does not pay it."""
ACCEPTED = frozenset({"ACCC", "ACCP", "ACFC", "ACSC", "ACSP", "ACTC", "ACWC", "ACWP"})
"""The bank took it; only its statement says that it is paid."""

STOPPED = frozenset({"BLCK", "CANC"})
"""The bank does not pay it now, and does not call that rejected."""

STATUSES: Mapping[str, tuple[str, str]] = {
    "RCVD": (N_("Received by the bank"), "sky"),
    "PDNG": (N_("Waits at the bank"), "gold"),
    "PART": (N_("Accepted in part"), "gold"),
    "ACTC": (N_("Its form is accepted"), "sky"),
    "ACCP": (N_("Accepted by the bank"), "sky"),
    "ACFC": (N_("Accepted, the money is there"), "sky"),
    "ACWC": (N_("Accepted with a change"), "gold"),
    "ACWP": (N_("Accepted, not yet booked"), "sky"),
    "ACSP": (N_("The bank is paying it"), "sky"),
    "ACSC": (N_("Booked by the bank"), "moss"),
    "ACCC": (N_("Booked at the payee"), "moss"),
    "CANC": (N_("Cancelled at the bank"), "clay"),
    "BLCK": (N_("Blocked at the bank"), "clay"),
    REJECTED: (N_("Rejected by the bank"), "clay"),
}
"""By code: a word, and its tone."""

REASONS: Mapping[str, str] = {
    "AC01": N_("the account number is not right"),
    "AC02": N_("the number of our account is not right"),
    "AC03": N_("the number of the payee's account is not right"),
    "AC04": N_("the account is closed"),
    "AC05": N_("our account is closed"),
    "AC06": N_("the account is blocked"),
    "AC07": N_("the payee's account is closed"),
    "AC13": N_("the kind of our account is not right"),
    "AC14": N_("the kind of the payee's account is not right"),
    "AG01": N_("such a payment is not allowed on this account"),
    "AG02": N_("the kind of payment is not right"),
    "AG03": N_("such a payment is not supported"),
    "AG07": N_("the payment could not be collected"),
    "AM01": N_("the amount is zero"),
    "AM02": N_("the amount is not allowed"),
    "AM03": N_("the currency is not allowed"),
    "AM04": N_("there is not enough money on the account"),
    "AM05": N_("the same payment was sent twice"),
    "AM06": N_("the amount is too small"),
    "AM07": N_("the amount is blocked"),
    "AM09": N_("the amount is not the agreed one"),
    "AM10": N_("the sums of the file do not add up"),
    "AM14": N_("the amount is above the agreed limit"),
    "BE01": N_("name and account do not belong together"),
    "BE04": N_("the payee's address is missing"),
    "BE05": N_("the bank does not know who sent the file"),
    "BE06": N_("the payee is not known there"),
    "BE07": N_("our address is missing"),
    "CNOR": N_("the payee's bank does not take such payments"),
    "CURR": N_("the currency is not right"),
    "CUST": N_("a customer asked for it"),
    "CUTA": N_("it was called back before it was carried out"),
    "DNOR": N_("our bank does not send such payments"),
    "DT01": N_("the day is not right"),
    "DU01": N_("the number of the file was used before"),
    "DU02": N_("the number of the day's block was used before"),
    "DU03": N_("the payment was sent before"),
    "DUPL": N_("the same payment was sent twice"),
    "ED05": N_("it could not be settled"),
    "FF01": N_("the file is not written as the bank needs it"),
    "FOCR": N_("it was called back"),
    "FRAD": N_("fraud is suspected"),
    "MD07": N_("the holder of the account has died"),
    "MS02": N_("the payee gives no reason"),
    "MS03": N_("the bank gives no reason"),
    "NARR": N_("the reason stands in the text"),
    "NOAS": N_("nobody answered"),
    "NOOR": N_("the payment is not known there"),
    "RC01": N_("the code of the bank is not right"),
    "RF01": N_("the reference was used before"),
    "RR01": N_("the law asks for an account or identity that is missing"),
    "RR02": N_("the law asks for our name or address"),
    "RR03": N_("the law asks for the payee's name or address"),
    "RR04": N_("the law does not allow it"),
    "RRTN": N_("the bank gives no reason"),
    "RVSL": N_("the bank took its own entry back"),
    "SL01": N_("a service of the payee's bank refuses it"),
    "TECH": N_("a technical fault at the bank"),
    "TM01": N_("it came after the hour of the bank"),
}
"""By code: what it means, as the end of a sentence."""

_CODE = re.compile(r"([A-Z]{2}(?:[A-Z]{2}|[0-9]{2}))\b[\s:.,–-]*(.*)", re.DOTALL)


def code_in(text: str) -> tuple[str, str]:
    """Return the known code that a text begins with, and the rest; no code: ("", the text)."""
    found = _CODE.match(text.strip())
    if found is None or found[1] not in REASONS:
        return "", text.strip()
    return found[1], found[2].strip()
