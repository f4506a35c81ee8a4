"""The forms of casework."""
