"""The field's code lists, and the words that names are made of: what every floor above shares."""
