"""Decides who is told and what is said, keeps what has been decided and sent, and takes the answers."""
