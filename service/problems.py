"""Errors as RFC 9457 problem details or as a page: the same message on every way out, never a word of a note."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import DataError, IntegrityError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from models.errors import NotSignedIn, Problem
from service.web.render import page

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"


class ProblemDetails(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank#not-found",
                    "title": "Not found",
                    "status": 404,
                    "detail": "There is no note with this id.",
                    "code": "not-found",
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    code: str


ANSWER: dict[str, Any] = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}}
RESPONSES: dict[int | str, dict[str, Any]] = dict.fromkeys((401, 403, 404, 409, 422), ANSWER)


def install(app: FastAPI) -> None:
    """Answers every error of the API as problem details, says so in its description, and those of pages as a page."""
    described = app.openapi

    def with_problems() -> dict[str, Any]:
        description = described()
        description["components"]["schemas"]["ProblemDetails"] = ProblemDetails.model_json_schema()
        return description

    app.openapi = with_problems  # type: ignore[method-assign]

    @app.exception_handler(Problem)
    async def _problem(request: Request, problem: Problem) -> Response:
        if isinstance(problem, NotSignedIn) and not _is_call(request):
            onward = request.url.path if request.method == "GET" else "/"
            return RedirectResponse(f"/sign-in?{urlencode({'next': onward})}", 303)
        return _answer(request, problem.status, problem.code, problem.title, problem.message)

    @app.exception_handler(RequestValidationError)
    async def _validation(request: Request, error: RequestValidationError) -> Response:
        # Where and what, not the value that was sent, nor a key of the sender's own: either may be a name.
        known = _names(app.openapi())
        faults = {
            f"{'.'.join(str(part) for part in fault['loc'] if part in known or isinstance(part, int))}: {fault['msg']}"
            for fault in error.errors()
        }
        return _answer(request, 422, "invalid", "Check what you sent", "; ".join(sorted(faults)))

    @app.exception_handler(DataError)
    @app.exception_handler(UnicodeEncodeError)
    async def _unstorable(request: Request, _error: Exception) -> Response:
        return _answer(request, 422, "invalid", "Check what you sent", "It holds a character that cannot be stored.")

    @app.exception_handler(IntegrityError)
    async def _overtaken(request: Request, _error: IntegrityError) -> Response:
        detail = "Somebody else changed this at the same moment. Look at it again, and repeat what is still needed."
        return _answer(request, 409, "conflict", "Not possible in this state", detail)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        detail = str(error.detail)
        return _answer(request, error.status_code, "http", detail, detail, error.headers)

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> Response:
        log.error("request.failed", error=type(error).__name__)
        return _answer(request, 500, "unexpected", "Something went wrong", "This did not work. Try again in a minute.")


def _names(part: object) -> set[str]:
    """The places and fields that the API's description names."""
    if isinstance(part, list):
        return set().union(*map(_names, part))
    if not isinstance(part, dict):
        return set()
    own = {str(part["in"]), str(part["name"])} if "in" in part and "name" in part else set()
    fields = part.get("properties", {})
    return own.union(fields if isinstance(fields, dict) else (), {"body"}, *map(_names, part.values()))


def _is_call(request: Request) -> bool:
    return request.url.path.startswith("/v1")


def _answer(
    request: Request, status: int, code: str, title: str, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    if not _is_call(request):
        answer = page(request, "problem.html", status=status, title=title, message=detail)
        answer.headers.update(headers or {})
        return answer
    details = ProblemDetails(type=f"about:blank#{code}", title=title, status=status, detail=detail, code=code)
    if status == 401:
        headers = {**(headers or {}), "WWW-Authenticate": "Bearer"}
    return JSONResponse(details.model_dump(), status, headers, media_type=MEDIA_TYPE)
