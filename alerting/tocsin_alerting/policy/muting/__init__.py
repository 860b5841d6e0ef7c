"""What keeps a message back for a while: silences, maintenance windows, inhibition; and what damps flapping. Pure."""
