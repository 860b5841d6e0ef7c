"""What programs are shown."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Shown(BaseModel):
    """What is read from a view, field by field."""

    model_config = ConfigDict(frozen=True, from_attributes=True, use_attribute_docstrings=True)
