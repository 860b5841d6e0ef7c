"""Under what conditions a result was obtained, as far as its record says so; what it does not say stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tocsin_producers.adapters.every_eval_ever.record import FIX
from tocsin_producers.adapters.fields import finite, section, text
from tocsin_producers.adapters.text import one_line
from tocsin_schemas import Conditions, limits

_SHOTS = 10_000


def conditions_of(result: Mapping[str, Any]) -> Conditions:
    """Elicitation, tools and judge of a result."""
    arguments = section(result, "generation_config", "generation_args", fix=FIX)
    details = section(result, "generation_config", "additional_details", fix=FIX)
    judged = section(result, "metric_config", "llm_scoring", fix=FIX)
    said = [_shots(details.get("num_fewshot")), "reasoning" if arguments.get("reasoning") is True else ""]
    attempts = finite(arguments.get("max_attempts"))
    if attempts is not None and attempts > 1:
        said.append(f"{attempts:g} attempts")
    return Conditions(
        elicitation=one_line(", ".join(one for one in said if one), limits.LINE_CHARACTERS) or None,
        scaffold=_tools(section(arguments, "agentic_eval_config", fix=FIX).get("available_tools")),
        judge="model" if judged else "unknown",
    )


def _shots(said: object) -> str:
    """Converters write the number as a text, as the schema demands of details."""
    shown = text(said) or ""
    number = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 6 else finite(said)
    return f"{number:g}-shot" if number is not None and 0 <= number <= _SHOTS else ""


def _tools(said: object) -> str | None:
    tools = said if isinstance(said, list) else []
    names = [name for tool in tools if isinstance(tool, dict) and (name := text(tool.get("name")))]
    return one_line(f"tools: {', '.join(names)}", limits.LINE_CHARACTERS) if names else None
