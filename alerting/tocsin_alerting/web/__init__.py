"""The web service: answers, callbacks of the providers, pages, and the API."""

from __future__ import annotations

from tocsin_alerting.web.app import create_app

__all__ = ["create_app"]
