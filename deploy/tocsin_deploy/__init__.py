"""Runs the network: the operators' command and the local stack."""
