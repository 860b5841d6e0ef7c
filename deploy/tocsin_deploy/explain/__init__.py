"""What the network would make of a report before anybody sends it: its grade, the reasons, and who would be told."""

from __future__ import annotations

from tocsin_deploy.explain.explaining import Explained, Explainer
from tocsin_deploy.explain.telling import Step, Telling, telling

__all__ = ["Explained", "Explainer", "Step", "Telling", "telling"]
