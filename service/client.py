"""A small client of the service's own API, for the command line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from models.errors import Problem

TIMEOUT = 60.0
AWAY = "The service did not answer at {address}. Start it with: crosscurrent up"


class Refused(Problem):
    """What the service answered instead of doing what was asked."""

    code = "refused"
    title = "The service refused"


class Client:
    """Calls /v1 of a service with one key; every call returns the answer's JSON and raises Refused."""

    def __init__(self, address: str, key: str) -> None:
        self.address = address
        self._http = httpx.Client(
            base_url=f"{address}/v1", headers={"Authorization": f"Bearer {key}"}, timeout=TIMEOUT, trust_env=False
        )

    def get(self, path: str, **query: Any) -> Any:
        """GET; the answer's JSON."""
        return self._call("GET", path, params={name: value for name, value in query.items() if value is not None})

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """POST of JSON; the answer's JSON."""
        return self._call("POST", path, json=body)

    def upload(self, path: str, file: Path) -> Any:
        """POST of a file; the answer's JSON."""
        with file.open("rb") as opened:
            return self._call("POST", path, files={"file": (file.name, opened)})

    def _call(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = self._http.request(method, path, follow_redirects=True, **options)
        except httpx.TransportError:
            raise Refused(AWAY.format(address=self.address)) from None
        if answer.is_error:
            raise Refused(answer.json()["detail"])
        return answer.json()
