"""Reads receipts and invoices: lines of text with their boxes in, typed fields with confidences out.

A library: it knows no user, no request and no database, and needs no network. What it reads is untrusted text.
"""
