"""Measurements of the whole system, one command each."""
