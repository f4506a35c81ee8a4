"""Plans: beneficiaries, consent, needs and goals, plans, milestones, notes."""
