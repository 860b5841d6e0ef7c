"""A model that needs no network: it answers a multiple-choice question with the longest choice.

That is an old trick of those who sit tests without having learnt. It makes a real run of Inspect with a real score,
for demonstrations, on a machine that can reach no model.
"""

from __future__ import annotations

import re
from typing import Any

from inspect_ai.model import ChatMessage, GenerateConfig, ModelAPI, ModelOutput, modelapi
from inspect_ai.tool import ToolChoice, ToolInfo

_CHOICE = re.compile(r"^([A-Z])\)[ \t]*(.+)$", re.MULTILINE)
_CHARACTERS_PER_TOKEN = 4


def longest_choice(prompt: str) -> str | None:
    """The letter of the longest choice in a prompt of Inspect's `multiple_choice`; None where there are no choices."""
    choices = _CHOICE.findall(prompt)
    if not choices:
        return None
    letter, _ = max(choices, key=lambda choice: len(choice[1].strip()))
    return str(letter)


@modelapi(name="tocsin-offline")
class OfflineModel(ModelAPI):
    """Answers at once, always the same, from the question alone."""

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 - Inspect's own name for it
        tools: list[ToolInfo],  # noqa: ARG002 - Inspect's interface
        tool_choice: ToolChoice,  # noqa: ARG002 - Inspect's interface
        config: GenerateConfig,  # noqa: ARG002 - Inspect's interface
    ) -> ModelOutput:
        """Answer the last message."""
        letter = longest_choice(input[-1].text if input else "")
        answer = "There is nothing to choose from." if letter is None else f"ANSWER: {letter}"
        return ModelOutput.from_content(self.model_name, answer)

    async def count_tokens(self, input: str | list[ChatMessage], config: GenerateConfig | None = None) -> int:  # noqa: A002, ARG002 - Inspect's interface
        """About how many tokens a text is; Inspect's own count would download a tokenizer."""
        texts = [input] if isinstance(input, str) else [message.text for message in input]
        return sum(map(_tokens, texts))


def _tokens(text: Any) -> int:
    return len(str(text)) // _CHARACTERS_PER_TOKEN + 1
