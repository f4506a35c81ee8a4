"""Providers: directory, vetting, offerings, matching and referrals."""
