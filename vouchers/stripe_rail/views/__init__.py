"""The pages of the Stripe rail, and the door for its messages."""
