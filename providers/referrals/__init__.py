"""Referrals: matching, disclosure, and the provider's answer."""
