"""Text and arrays in, dataclasses out: no database, no queue, no web."""
