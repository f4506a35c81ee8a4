"""Where providers are paid."""
