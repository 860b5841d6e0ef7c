"""What another edition of the rubric would make of the real reports; reads only."""

from __future__ import annotations

from tocsin_deploy.replay.outcome import Against, Outcome, Replayed
from tocsin_deploy.replay.replaying import Progress, replay

__all__ = ["Against", "Outcome", "Progress", "Replayed", "replay"]
