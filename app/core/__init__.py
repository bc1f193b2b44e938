"""Mechanisms every feature stands on: knows HTTP and Mongo, knows no feature."""
