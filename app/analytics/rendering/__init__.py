"""Answers of the analytics as pictures and documents: pure functions from an answer's dict to bytes or text.

Nothing here reads a request, the database or the clock, so that a worker can mail what a person can download.
"""
