"""Rehearsals: who would be told of an alert, when and how, and why everybody else would not. Nothing is sent."""

from tocsin_deploy.rehearsal.alert import RehearsedAlert
from tocsin_deploy.rehearsal.not_told import NotTold, NotToldReason
from tocsin_deploy.rehearsal.rehearsal import Gap, Rehearsal, Told
from tocsin_deploy.rehearsal.rehearsing import rehearse

__all__ = ["Gap", "NotTold", "NotToldReason", "Rehearsal", "RehearsedAlert", "Told", "rehearse"]
