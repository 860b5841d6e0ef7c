"""Whether the service works, for machines: health and metrics."""

from __future__ import annotations

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, GCCollector, ProcessCollector, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from tocsin_alerting.store.schema import check_revision
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.metrics import DirectoryCollector, StoreCollector
from tocsin_alerting.web.refusals import Refused
from tocsin_schemas.logs import get_logger

_log = get_logger()


def routes(web: Web) -> APIRouter:
    """The addresses that supervisors and Prometheus ask."""
    router = APIRouter(tags=["operation"])
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    registry.register(StoreCollector(web.store, web.clock))
    registry.register(DirectoryCollector(web.current_directory, web.directory_refused))

    @router.head("/healthz", include_in_schema=False)
    @router.get("/healthz", summary="Whether the service can work")
    def healthz() -> dict[str, str]:
        try:
            check_revision(web.store)
        except SQLAlchemyError as error:
            _log.warning("store_unreachable", error=type(error).__name__)
            raise Refused(503, "Service Unavailable", "The database cannot be reached.") from error
        except RuntimeError as error:
            raise Refused(503, "Service Unavailable", str(error)) from error
        return {"status": "ok"}

    @router.get("/metrics", summary="Metrics for Prometheus", response_class=Response)
    def metrics() -> Response:
        return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return router
