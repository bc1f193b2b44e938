"""Exports: of transactions, and of everything there is about somebody."""
