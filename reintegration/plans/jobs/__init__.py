"""What casework does on its own, by the clock."""
