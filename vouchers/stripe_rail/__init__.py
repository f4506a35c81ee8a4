"""Payments through Stripe Connect: onboarding, transfers, webhooks, Stripe and our books."""
