"""A database of the evals' own, never that of an installation."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from models import migrate, settings, store


@contextmanager
def empty_database() -> Iterator[None]:
    """An empty database in a temporary folder, for as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = {"CROSSCURRENT_DATA_DIR": folder, "CROSSCURRENT_DATABASE_URL": ""}
        kept = {name: os.environ.get(name) for name in chosen}
        os.environ.update(chosen)
        _forget()
        migrate.upgrade()
        try:
            yield
        finally:
            _forget()
            for name, value in kept.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value


def _forget() -> None:
    if store.engine.cache_info().currsize:
        store.engine().dispose()
    settings.settings.cache_clear()
    store.engine.cache_clear()
