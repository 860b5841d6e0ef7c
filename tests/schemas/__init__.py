"""Promises of the contract between the rooms."""
