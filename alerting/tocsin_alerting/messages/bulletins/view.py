"""What one reader may be told by a bulletin: the only thing that its words are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin_alerting.messages.bulletins.counting import Counted
from tocsin_alerting.messages.language import ENGLISH, Language
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_schemas.vocabulary import Tlp


@dataclass(frozen=True, slots=True)
class BulletinView:
    """A bulletin as its reader may have it."""

    id: str
    kind: BulletinKind
    edition: int
    """From 1: the first that is sent."""
    content: Mapping[str, Any]
    """As it was posted or revised last."""
    alerts: tuple[AlertView, ...]
    """Those of the named alerts of which something may be said there, each with as much as may be."""
    institute_name: str
    """Of the addressee's institute."""
    contact_name: str
    public_url: str
    """Where pages are, without a slash at the end."""
    created_at: datetime
    updated_at: datetime
    reader: Language = ENGLISH
    """In what, and by which clock, it is told."""
    holds: Counted | None = None
    """Of a bulletin into which others were folded: what it holds, as far as its reader may know."""
    unknown: tuple[Tlp, ...] = ()
    """Labels of the named alerts of which nothing may be said there, not even that there is one."""
