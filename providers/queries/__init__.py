"""Reading providers, always within what the actor may see."""
