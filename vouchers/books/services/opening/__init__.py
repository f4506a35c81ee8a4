"""What the books begin with: a table, a proposal, and what it posts once another approves."""
