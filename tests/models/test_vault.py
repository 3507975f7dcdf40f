import base64
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from models import settings, vault
from models.errors import Gone
from models.note import Note

SECRET = b"Ottoline Grack of Brinewick Ferries said the slipway is closed."


@pytest.fixture
def home(tmp_path: Path, setting: Callable[..., None]) -> Path:
    setting(data_dir=tmp_path)
    return tmp_path


@pytest.fixture
def note(home: Path) -> Note:
    row = Note(event_id="event_1", digest="d", format="md", size=1)
    row.wrapped_key = vault.new_key(row.id)
    return row


def files(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


def test_what_is_sealed_can_be_unsealed_and_is_nowhere_in_the_clear(home: Path, note: Note) -> None:
    vault.seal(note, "original", SECRET)
    assert vault.unseal(note, "original") == SECRET
    for path in files(home):
        assert b"Ottoline" not in path.read_bytes()
        assert "Ottoline" not in path.name


@given(data=st.binary(max_size=2000))
@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_come_back(home: Path, note: Note, data: bytes) -> None:
    vault.seal(note, "original", data)
    assert vault.unseal(note, "original") == data


def test_sealing_again_replaces_the_file_and_leaves_no_other(home: Path, note: Note) -> None:
    vault.seal(note, "document", b"one")
    vault.seal(note, "document", b"two")
    assert vault.unseal(note, "document") == b"two"
    assert [path.name for path in files(home) if note.id in str(path)] == ["document"]


def test_the_same_words_are_sealed_differently_each_time(home: Path, note: Note) -> None:
    stored = home / "originals" / note.id / "original"
    vault.seal(note, "original", SECRET)
    first = stored.read_bytes()
    vault.seal(note, "original", SECRET)
    assert stored.read_bytes() != first


def test_another_master_key_opens_nothing(note: Note, setting: Callable[..., None]) -> None:
    vault.seal(note, "original", SECRET)
    setting(master_key=base64.b64encode(bytes(32)).decode())
    with pytest.raises(vault.WrongMasterKey) as problem:
        vault.unseal(note, "original")
    assert "master key" in problem.value.message


def test_a_key_opens_its_own_note_only(home: Path, note: Note) -> None:
    other = Note(event_id="event_1", digest="e", format="md", size=1)
    other.wrapped_key = note.wrapped_key
    with pytest.raises(vault.WrongMasterKey):
        vault.seal(other, "original", SECRET)


def test_a_file_moved_to_another_name_or_altered_does_not_open(home: Path, note: Note) -> None:
    vault.seal(note, "original", SECRET)
    stored = home / "originals" / note.id / "original"
    stored.with_name("redacted").write_bytes(stored.read_bytes())
    with pytest.raises(vault.WrongMasterKey):
        vault.unseal(note, "redacted")
    stored.write_bytes(stored.read_bytes()[:-1] + b"\0")
    with pytest.raises(vault.WrongMasterKey):
        vault.unseal(note, "original")


def test_what_was_destroyed_is_gone_for_good(home: Path, note: Note) -> None:
    kept_back = note.wrapped_key
    vault.seal(note, "original", SECRET)
    vault.seal(note, "surrogates", b"{}")
    vault.destroy(note)
    assert note.wrapped_key is None
    assert not [path for path in files(home) if note.id in str(path)]
    with pytest.raises(Gone):
        vault.unseal(note, "original")
    with pytest.raises(Gone):
        vault.seal(note, "original", SECRET)
    note.wrapped_key = kept_back
    with pytest.raises(Gone):
        vault.unseal(note, "original")
    vault.destroy(note)


def test_the_fingerprint_tells_files_apart_but_cannot_be_worked_out_without_the_key(
    home: Path, setting: Callable[..., None]
) -> None:
    assert vault.fingerprint(SECRET) == vault.fingerprint(SECRET)
    assert vault.fingerprint(SECRET) != vault.fingerprint(SECRET + b".")
    before = vault.fingerprint(SECRET)
    setting(master_key=base64.b64encode(bytes(32)).decode())
    assert vault.fingerprint(SECRET) != before


def test_processes_that_start_at_once_make_one_master_key(home: Path) -> None:
    script = "from models.vault import master_key; print(master_key().hex())"
    racers = [subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    keys = {racer.communicate(timeout=60)[0].strip() for racer in racers}
    assert all(racer.returncode == 0 for racer in racers)
    assert keys == {vault.master_key().hex()}
    assert len(vault.master_key()) == 32
    assert (home / "master.key").stat().st_mode & 0o077 == 0
    assert [path.name for path in home.iterdir() if path.name.startswith("master")] == ["master.key"]


def test_the_data_folder_is_for_its_owner_only(home: Path, setting: Callable[..., None]) -> None:
    setting(data_dir=home / "fresh")
    assert settings.settings().home.stat().st_mode & 0o077 == 0


def test_originals_can_lie_in_another_store(home: Path, note: Note, setting: Callable[..., None]) -> None:
    setting(originals_url="memory://crosscurrent")
    vault.seal(note, "original", SECRET)
    assert vault.unseal(note, "original") == SECRET
    vault.destroy(note)
    with pytest.raises(Gone):
        vault.unseal(note, "original")
    assert not (home / "originals").exists()
