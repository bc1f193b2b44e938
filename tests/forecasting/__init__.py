"""Forecasts: the library by itself, and over HTTP."""
