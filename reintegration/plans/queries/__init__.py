"""Reading plans, always within the actor's caseload."""
