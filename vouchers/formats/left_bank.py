"""Payments in lei to the left bank: they go to one transit bank, and the text says for whom.

`//IDCD/<fiscal code>//CONT/<final account>//DENM/<name>//<text>`, as the banks ask for it. Each
part is checked where an account is proposed, so that no order is stopped, cut or misread later.
"""

import re
from collections.abc import Callable

from reintegration.kernel.errors import N_, Invalid

BIC = "TIRCMD2X"
LONGEST_CODE = 20
LONGEST_ACCOUNT = 34
LONGEST_NAME = 100
"""So that the whole text stays within what a bank takes, with the order's own text behind it."""
_CODE = re.compile(rf"[0-9A-Za-z]{{1,{LONGEST_CODE}}}")
_ACCOUNT = re.compile(rf"[0-9A-Za-z]{{8,{LONGEST_ACCOUNT}}}")
_BETWEEN = frozenset(" .,-–'’„”“«»№()&+/")
_MISSING = N_("Payments to this bank say for whom they are: enter it.")


def is_transit(bic: str) -> bool:
    """Whether a bank is the one through which the left bank is paid."""
    return bic[:8] == BIC and bic[8:] in ("", "XXX")


def refuse_parts(code: str, account: str, name: str) -> None:
    """Raise Invalid, with its field, for a part that is missing or that no such text can carry."""
    _refuse(
        code,
        "final_code",
        _CODE.fullmatch,
        N_("The fiscal code has 1 to %(longest)s letters and digits, and nothing between them."),
        LONGEST_CODE,
    )
    _refuse(
        account,
        "final_account",
        _ACCOUNT.fullmatch,
        N_("The final account has 8 to %(longest)s letters and digits, and nothing between them."),
        LONGEST_ACCOUNT,
    )
    _refuse(
        name,
        "final_name",
        _is_name,
        N_(
            "The name has at most %(longest)s letters, digits and usual signs; no two slashes in a"
            " row, and none at its ends: they separate the parts of the text."
        ),
        LONGEST_NAME,
    )


def _refuse(
    part: str, field: str, fits: Callable[[str], object], message: str, longest: int
) -> None:
    if not part:
        raise Invalid(_MISSING, code="final_missing", field=field)
    if not fits(part):
        raise Invalid(message, code=field, field=field, longest=longest)


def _is_name(name: str) -> bool:
    whole = len(name) <= LONGEST_NAME and name == name.strip("/ ") and "//" not in name
    return whole and any(sign.isalpha() for sign in name) and all(map(_is_sign, name))


def _is_sign(sign: str) -> bool:
    return sign.isalpha() or sign.isdecimal() or sign in _BETWEEN


def text(code: str, account: str, name: str, own: str) -> str:
    """Return the text of a payment; a part never holds the marks that separate the parts."""
    parts = (_without_marks(part) for part in (code, account, name, own))
    return "//IDCD/{}//CONT/{}//DENM/{}//{}".format(*parts)


def _without_marks(part: str) -> str:
    return re.sub(r"/{2,}", "/", part).strip("/ ")
