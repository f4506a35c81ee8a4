"""Which order does a bank line pay? Pure rules, in tiers."""
