"""Attacks on the running service, and what keeps them from working."""
