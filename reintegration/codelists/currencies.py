"""The currencies of the programme: of prices, of grants and of its accounts."""

HOME = "MDL"
CURRENCIES = (HOME, "EUR", "USD")
