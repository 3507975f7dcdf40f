"""Finds what identifies people and organisations in a note, one kind of thing a module."""
