"""The files of each bank: what it takes as payments and how it writes a statement as CSV.

Chosen by data: an account of ours names its profile. A bank that differs is a file beside this
one and a line in `PROFILES`; its name is stored for good.
"""

from collections.abc import Mapping

from vouchers.formats.banks.general import GENERAL
from vouchers.formats.banks.profile import BankProfile
from vouchers.formats.banks.sepa import SEPA

PROFILES: Mapping[str, BankProfile] = {profile.name: profile for profile in (GENERAL, SEPA)}
"""By name; the first that pays in a currency is the usual one of that currency."""


def usual(currency: str) -> BankProfile:
    """Return what an account in `currency` has when nothing else was chosen."""
    paying = (profile for profile in PROFILES.values() if profile.export.currency == currency)
    return next(paying, GENERAL)


def takes(profile: BankProfile, currency: str) -> bool:
    """Whether an account in `currency` can have the profile: one that pays in it, if any does."""
    return profile.export.currency in (currency, usual(currency).export.currency)
