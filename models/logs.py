"""Logging: one JSON line an event, with ids and never a word of a note."""

import logging
import sys

import structlog

from models.settings import settings


def configure() -> None:
    """Sets up structlog for this process, writing to standard error."""
    level = logging.getLevelNamesMapping()[settings().log_level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
