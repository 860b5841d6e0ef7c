"""What Inspect finds under the entry point group `inspect_ai`; it is imported at every start of Inspect."""

from __future__ import annotations

from inspect_ai.hooks import Hooks, hooks


@hooks(name="tocsin", description="Publishes each evaluation's result to the institutes' alert network")
def tocsin() -> type[Hooks]:
    """The hook, imported only here: the rest of this room is not needed to find it."""
    from tocsin_producers.hook.inspect_hooks import TocsinHooks

    return TocsinHooks
