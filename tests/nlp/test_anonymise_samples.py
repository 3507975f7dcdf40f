"""The sample notes against their key: nobody is exposed, and little else is masked."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from nlp.anonymise import Anonymised, anonymise
from nlp.read import Document, read

SAMPLES = Path(__file__).parents[1] / "samples"
KEY: dict[str, Any] = json.loads((SAMPLES / "key.json").read_text())
