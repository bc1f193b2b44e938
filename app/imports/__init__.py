"""Transactions out of files: statements of banks, exports of other programs and of this service."""
