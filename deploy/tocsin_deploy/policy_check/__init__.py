"""The whole of a network's policy, looked at: what keeps it from being used, and what would not do what it seems to."""

from tocsin_deploy.policy_check.checking import Checked, check_network
from tocsin_deploy.policy_check.notes import Level, Note, NoteCode

__all__ = ["Checked", "Level", "Note", "NoteCode", "check_network"]
