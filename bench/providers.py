"""Slack and SendGrid for a measurement: both say yes at once and note when they were asked. A process of its own."""

from __future__ import annotations

import asyncio
import itertools
import sys
from pathlib import Path
from typing import Any

from aiohttp import web

from tocsin_schemas import system_clock

CALLS: web.AppKey[list[dict[str, Any]]] = web.AppKey("calls", list)


def create_app() -> web.Application:
    """Takes Slack's methods under `/api/`, SendGrid's `/v3/mail/send`, and gives what it noted at `/calls`."""
    app = web.Application()
    app[CALLS] = []
    numbers = itertools.count(1)

    async def slack(request: web.Request) -> web.Response:
        at = system_clock().timestamp()
        method = request.match_info["method"]
        payload = await _slack_payload(request)
        meant = payload.get("metadata", {}).get("event_payload", {})
        _note(app, "slack", method, at, meant, payload.get("channel"))
        number = next(numbers)
        ts = payload.get("ts") or f"1700000000.{number:06d}"
        return web.json_response({"ok": True, "ts": ts, "channel": payload.get("channel"), "message": {"ts": ts}})

    async def sendgrid(request: web.Request) -> web.Response:
        at = system_clock().timestamp()
        first = (await request.json())["personalizations"][0]
        _note(app, "email", "mail/send", at, first.get("custom_args", {}), first["to"][0]["email"])
        return web.Response(status=202, headers={"X-Message-Id": f"bench-{next(numbers)}"})

    async def calls(_request: web.Request) -> web.Response:
        return web.json_response(app[CALLS])

    app.router.add_post("/api/{method}", slack)
    app.router.add_post("/v3/mail/send", sendgrid)
    app.router.add_get("/calls", calls)
    return app


def _note(app: web.Application, channel: str, method: str, at: float, meant: dict[str, Any], to: object) -> None:
    app[CALLS].append(
        {
            "channel": channel,
            "method": method,
            "at": at,
            "delivery": meant.get("delivery"),
            "alert": meant.get("alert"),
            "to": to,
        }
    )


async def _slack_payload(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        payload: dict[str, Any] = await request.json()
        return payload
    return dict(await request.post())


async def _serve(address_file: Path) -> None:
    runner = web.AppRunner(create_app(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    # Moved into place whole: whoever waits for the file reads all of it.
    part = address_file.with_suffix(".part")
    part.write_text(f"http://{host}:{port}", encoding="ascii")
    part.rename(address_file)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
