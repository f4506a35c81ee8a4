"""How fast, as ratios: each figure stands beside its control in the same run on one PostgreSQL."""
