"""Keeps somebody from trying the same thing over and over."""

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, IPv6Network, ip_address

import redis
from fastapi import Request

from models.errors import QueueAway, TooMany
from models.vault import fingerprint
from workers.queue import queue

SUBSCRIBER = 64
"""How many bits of an IPv6 address are one subscriber's: all addresses that share them are one place."""


def throttle(what: str, who: str, limit: int, seconds: int) -> None:
    """Counts an attempt; raises TooMany beyond `limit` attempts of the same in a fixed window of `seconds`.

    Valkey is told a keyed hash, never who it is.
    """
    if _counted(what, who, 1, seconds) > limit:
        raise TooMany(f"There were too many attempts. Wait {max(1, seconds // 60)} minutes, then try again.")


@contextmanager
def few_failures(what: str, who: str, limit: int, seconds: int) -> Iterator[None]:
    """Counts what is done within as an attempt only if it raises; raises TooMany as `throttle` does."""
    # Counted before and taken back after: many at once would all be tried before the first was counted.
    throttle(what, who, limit, seconds)
    yield
    _counted(what, who, -1, seconds)


def place(request: Request) -> str:
    """Where a request comes from: an IPv4 address, or the network of an IPv6 one."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    return str(address.ipv4_mapped or IPv6Network((int(address), SUBSCRIBER), strict=False))


def _counted(what: str, who: str, by: int, seconds: int) -> int:
    digest = fingerprint(f"{what} {who}".encode())
    try:
        with queue().connection.pipeline() as pipeline:
            pipeline.incrby(f"throttle:{digest}", by)
            pipeline.expire(f"throttle:{digest}", seconds, nx=True)
            return int(pipeline.execute()[0])
    except redis.RedisError:
        raise QueueAway("This cannot be checked right now. Try again in a minute.") from None
