"""Receipts: a photo or PDF becomes an exact transaction with its line items."""
