"""Tells people: plans what follows from each change of an alert, and sends what is due on one channel."""
