"""TLP, failing closed: nothing that is protected reaches whoever is not entitled to it, by any way out of the store."""
