"""The use cases of casework."""
