"""Reading casework, always within the actor's caseload."""
