"""The demonstration: real reports, by the ways that institutes use, all marked as an exercise."""
