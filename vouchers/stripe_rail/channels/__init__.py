"""The ways to Stripe: outbox channels that call it, and apply what it answered."""
