"""The tables of accounts."""

from reintegration.accounts.models.deputies import Deputyship
from reintegration.accounts.models.inbox import InboxMessage
from reintegration.accounts.models.people import ApiToken, Organisation, User, UserRole
from reintegration.accounts.models.sessions import SignInSession

__all__ = [
    "ApiToken",
    "Deputyship",
    "InboxMessage",
    "Organisation",
    "SignInSession",
    "User",
    "UserRole",
]
