"""Reading people, their inbox and the trail."""
