"""Runs the readers of DOCX, ODT and PDF in a process of their own, with limits.

A crafted file may crash a parser, hang it or fill the memory: then the child dies and the worker goes on. Nothing
of what the child says in its errors is kept.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from nlp.piece import Piece
from nlp.refuse import NoteRefused, refused

_SECONDS = 120
_BYTES = 3 * 2**30


def pieces_apart(data: bytes, kind: str, seconds: float = _SECONDS) -> list[Piece]:
    """The pieces of a docx, odt or pdf; NoteRefused also when the reader fails (damaged) or is too slow."""
    house = str(Path(__file__).resolve().parent.parent)
    command = [sys.executable, "-m", "nlp.apart", kind]
    environment = {**os.environ, "PYTHONPATH": house, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        # The command holds no word of the note or its name: only our interpreter, this module and the kind.
        done = subprocess.run(
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        done = None
    if done is None:
        raise refused("too_slow")
    if done.returncode:
        raise refused("damaged")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise refused(answer["refused"])
    return [Piece(*piece) for piece in answer["pieces"]]


def pieces_here(data: bytes, kind: str) -> list[Piece]:
    """The same in this process, without limits; raises whatever the parser raises."""
    from nlp import opendocument, pdf, word

    readers = {"docx": word.pieces, "odt": opendocument.pieces, "pdf": pdf.pieces}
    return readers[kind](data)


def _answer(kind: str) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer: dict[str, object]
    try:
        answer = {"pieces": pieces_here(sys.stdin.buffer.read(), kind)}
    except NoteRefused as refusal:
        answer = {"refused": refusal.code}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    _answer(sys.argv[1])
