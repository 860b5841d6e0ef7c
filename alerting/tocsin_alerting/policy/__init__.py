"""Decisions, pure: no vendor, no store, no clock. Each returns its reason."""
