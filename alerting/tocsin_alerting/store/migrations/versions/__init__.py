"""The steps, oldest first by file name."""
