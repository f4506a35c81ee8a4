"""The tables of providers."""

from providers.models.directory import Offering, PayeeAccount, Provider, Site, VettingDocument
from providers.models.referrals import Pseudonym, Referral

__all__ = [
    "Offering",
    "PayeeAccount",
    "Provider",
    "Pseudonym",
    "Referral",
    "Site",
    "VettingDocument",
]
