"""Expenses, income and refunds: recording, listing, summing."""
