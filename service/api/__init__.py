"""JSON for machines, under /v1."""
