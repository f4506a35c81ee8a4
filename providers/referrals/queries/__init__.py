"""Reading referrals and what may match."""
