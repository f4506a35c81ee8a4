"""What follows from what Stripe says."""
