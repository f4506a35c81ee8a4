"""Every state machine of providers, for the tests that walk all moves."""

from providers.services.referral_moves import REFERRAL
from providers.services.vetting import OFFERING

MACHINES = (OFFERING, REFERRAL)
