"""The Stripe rail, with the real package against the simulator."""
