"""What can go wrong, in words that a facilitator can act on."""

from typing import ClassVar


class Problem(Exception):
    """An error with a code for machines, a title, an HTTP status and a message that tells what to do."""

    code: ClassVar[str] = "problem"
    title: ClassVar[str] = "Something went wrong"
    status: ClassVar[int] = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(Problem):
    """The thing asked for does not exist, or this key may not see it."""

    code = "not-found"
    title = "Not found"
    status = 404


class Conflict(Problem):
    """The thing is not in a state in which this can be done."""

    code = "conflict"
    title = "Not possible in this state"
    status = 409


class Invalid(Problem):
    """What was sent does not make sense."""

    code = "invalid"
    title = "Check what you sent"
    status = 422


class TooLarge(Problem):
    """The upload is larger than a note may be."""

    code = "too-large"
    title = "The file is too large"
    status = 413


class Gone(Problem):
    """The thing was here and has been destroyed or withdrawn."""

    code = "gone"
    title = "No longer available"
    status = 410


class NotAllowed(Problem):
    """The key lacks the scope for this."""

    code = "not-allowed"
    title = "This key may not do that"
    status = 403


class NotSignedIn(Problem):
    """There is no valid key with the request."""

    code = "not-signed-in"
    title = "An API key is needed"
    status = 401


class QueueAway(Problem):
    """The queue did not answer."""

    code = "queue-away"
    title = "The queue is not reachable"
    status = 503


class Ungrounded(Conflict):
    """A sentence of the digest is not borne out by the points it cites."""

    code = "ungrounded"
    title = "A sentence is not borne out by its points"


class TooMany(Problem):
    """The same was tried too often in a short time."""

    code = "too-many"
    title = "Too many attempts"
    status = 429
