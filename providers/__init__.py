"""Providers: the directory, vetting, and referrals."""
