"""Promises of the room `streams`."""
