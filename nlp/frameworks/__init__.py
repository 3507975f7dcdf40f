"""Frameworks to align with, as YAML."""
