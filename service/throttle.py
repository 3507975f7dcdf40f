"""Keeps somebody from trying the same thing over and over."""

import redis

from models.errors import QueueAway, TooMany
from models.vault import fingerprint
from workers.queue import queue


def throttle(what: str, who: str, limit: int, seconds: int) -> None:
    """Counts an attempt; raises TooMany beyond `limit` attempts of the same in a fixed window of `seconds`.

    Valkey is told a keyed hash, never who it is.
    """
    digest = fingerprint(f"{what} {who}".encode())
    try:
        with queue().connection.pipeline() as pipeline:
            pipeline.incr(f"throttle:{digest}")
            pipeline.expire(f"throttle:{digest}", seconds, nx=True)
            attempts = pipeline.execute()[0]
    except redis.RedisError:
        raise QueueAway("This cannot be checked right now. Try again in a minute.") from None
    if attempts > limit:
        raise TooMany(f"There were too many attempts. Wait {max(1, seconds // 60)} minutes, then try again.")
