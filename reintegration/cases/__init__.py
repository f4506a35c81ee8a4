"""The case file: identity vault, consent, team, notes, erasure."""
