"""Accounts: who somebody is, the tokens and sessions that prove it, and the profile."""
