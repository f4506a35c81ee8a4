"""The tables of accounts."""

from reintegration.accounts.models.deputies import Deputyship
from reintegration.accounts.models.desk_devices import DeskDevice
from reintegration.accounts.models.factors import Passkey, RecoveryCode, SecondFactor
from reintegration.accounts.models.inbox import InboxMessage
from reintegration.accounts.models.links import AccountLink
from reintegration.accounts.models.people import ApiToken, Organisation, User, UserRole
from reintegration.accounts.models.sessions import KnownBrowser, SignInSession

__all__ = [
    "AccountLink",
    "ApiToken",
    "Deputyship",
    "DeskDevice",
    "InboxMessage",
    "KnownBrowser",
    "Organisation",
    "Passkey",
    "RecoveryCode",
    "SecondFactor",
    "SignInSession",
    "User",
    "UserRole",
]
