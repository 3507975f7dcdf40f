"""Errors as RFC 9457 problem details: the same message on every way out, never a word of a note."""

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from models.errors import Problem

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


RESPONSES: dict[int | str, dict[str, object]] = {
    status: {"model": ProblemDetails, "content": {MEDIA_TYPE: {}}} for status in (401, 403, 404, 409, 422)
}


def install(app: FastAPI) -> None:
    """Answers every error of the app as problem details."""

    @app.exception_handler(Problem)
    async def _problem(_request: Request, problem: Problem) -> JSONResponse:
        return _answer(problem.status, problem.code, problem.title, problem.message)

    @app.exception_handler(RequestValidationError)
    async def _validation(_request: Request, error: RequestValidationError) -> JSONResponse:
        # Where and what, not the value that was sent: that may be a name.
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors()
        )
        return _answer(422, "invalid", "Check what you sent", faults)

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> JSONResponse:
        return _answer(error.status_code, "http", str(error.detail), str(error.detail), dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def _unexpected(_request: Request, error: Exception) -> JSONResponse:
        log.error("request.failed", error=type(error).__name__)
        return _answer(500, "unexpected", "Something went wrong", "This did not work. Try again in a minute.")


def _answer(status: int, code: str, title: str, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    details = ProblemDetails(type=f"about:blank#{code}", title=title, status=status, detail=detail, code=code)
    if status == 401:
        headers = {**(headers or {}), "WWW-Authenticate": "Bearer"}
    return JSONResponse(details.model_dump(), status, headers, media_type=MEDIA_TYPE)
