"""Reading what programs send: JSON of a known shape, about alerts and institutes that there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from tocsin_alerting.web.context import Web
from tocsin_alerting.web.refusals import Refused
from tocsin_schemas.errors import Problem, ProblemCode, problems_of

Body = TypeVar("Body", bound=BaseModel)


def read_body(model: type[Body], body: bytes, what: str, example: str) -> Body:
    """What a program sent.

    Args:
        model: what it must be.
        body: the bytes.
        what: what it is called in sentences, such as `answer`.
        example: the shape of it, for whoever sent no JSON.

    Raises:
        Refused: 422, with every fault by field and fix.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        if any(fault["type"] == "json_invalid" for fault in error.errors()):
            fix = f"Send {example} as application/json."
            raise not_valid(what, [Problem("(body)", "is not JSON in UTF-8.", fix, ProblemCode.NOT_JSON)]) from error
        raise not_valid(what, problems_of(error, model)) from error


def known_institute(web: Web, institute: str, what: str) -> None:
    """Make sure that an institute is a member.

    Raises:
        Refused: 422, it is not.
    """
    if institute not in web.institutes:
        known = ", ".join(sorted(member.id for member in web.institutes))
        fix = f"Use one of: {known}."
        problem = Problem("institute", "is not a member of this network.", fix, ProblemCode.UNKNOWN_INSTITUTE)
        raise not_valid(what, [problem])


def not_valid(what: str, problems: Sequence[Problem]) -> Refused:
    """The refusal of something that is not as it must be."""
    return Refused(422, f"The {what} is not valid", "; ".join(str(each) for each in problems), problems=problems)


def no_such_alert(alert_id: str) -> Refused:
    """The refusal of an alert that there is not."""
    return Refused(404, "Not Found", f"There is no alert '{alert_id[:40]}'.")
