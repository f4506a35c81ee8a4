"""Accounts: people, roles, organisations, sign-in and server-side sessions."""
