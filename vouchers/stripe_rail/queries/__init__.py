"""Reading what we keep of Stripe."""
