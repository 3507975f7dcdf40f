"""The command line: `crosscurrent --help`."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlmodel import Session, col, select

from models import account, logs
from models.account import Account, Role
from models.audit import AuditEntry
from models.errors import Invalid, Problem
from models.key import ApiKey, Scope, issue
from models.migrate import upgrade
from models.settings import settings
from models.store import now, reading, transaction
from service import demo as demonstration
from service.client import Client
from service.load import load as load_rows
from service.load import manifest

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Themes from leaders' meetings."
)
review_app = typer.Typer(no_args_is_help=True, help="Look at what was replaced in a note, and clear it.")
digest_app = typer.Typer(no_args_is_help=True, help="Draft, read, approve and publish digests.")
key_app = typer.Typer(no_args_is_help=True, help="API keys.")
account_app = typer.Typer(no_args_is_help=True, help="Accounts of people who sign in.")
app.add_typer(review_app, name="review")
app.add_typer(digest_app, name="digest")
app.add_typer(key_app, name="key")
app.add_typer(account_app, name="account")

console = Console()
SESSION = timedelta(hours=12)
POLL = 0.2
SHOWN = 10
Address = Annotated[str, typer.Option(envvar="CROSSCURRENT_URL", help="Where the service answers.")]
Key = Annotated[str, typer.Option(envvar="CROSSCURRENT_KEY", help="An API key; unset: one is made in the database.")]


def main() -> None:
    """Runs the command line; a problem ends it with status 1 and its message, never a traceback."""
    logs.configure()
    try:
        app()
    except Problem as problem:
        Console(stderr=True).print(f"[bold]{problem.title}.[/] {problem.message}", highlight=False)
        sys.exit(1)


@app.command()
def up() -> None:
    """Start the service: web, Valkey and workers. Ctrl-C stops all of it."""
    from service.up import running, wait

    with running() as address:
        console.print(f"Crosscurrent answers at {address} (Ctrl-C stops it)")
        wait()
        console.print("Stopping…")


@app.command()
def serve() -> None:
    """Start the web server alone, against a database and a queue that run elsewhere."""
    from service.up import serve as serve_web

    serve_web()


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def worker(context: typer.Context) -> None:
    """Start a worker against the same database and queue; --name tells it from others of this machine."""
    os.execv(sys.executable, [sys.executable, "-m", "workers", *context.args])  # noqa: S606


@app.command()
def migrate() -> None:
    """Bring the database to the current tables."""
    upgrade()


@app.command()
def demo(exit_: Annotated[bool, typer.Option("--exit", help="Stop once the digest is published.")] = False) -> None:
    """Start the service with the sample notes, and publish a digest of them."""
    from service.up import running, wait

    os.environ.setdefault("CROSSCURRENT_LOG_LEVEL", "WARNING")
    with running() as address, _session(address, "") as client:
        path = demonstration.demonstrate(client, console)
        console.print(f"\nThe digest: [bold]{address}{path}[/]")
        if not exit_:
            console.print("Ctrl-C stops the service.")
            wait()
            console.print("Stopping…")


@app.command()
def load(folder: Path, url: Address = "", key: Key = "") -> None:
    """Upload a folder of notes described by its manifest.csv; safe to repeat."""
    rows = manifest(folder)
    with _session(url, key) as client:
        done = list(track(load_rows(client, folder, rows), "Uploading", total=len(rows), console=console))
    refused = [row for row in done if row.note_id is None]
    for row in refused:
        console.print(f"Row {row.number}, {row.file}: {row.message}", highlight=False)
    console.print(f"{len(done) - len(refused)} of {len(done)} notes taken.")
    raise typer.Exit(1 if refused else 0)


@app.command()
def status(url: Address = "", key: Key = "") -> None:
    """How many notes and jobs are in which state."""
    with _session(url, key) as client:
        answer = client.get("/status")
    table = Table("What", "State", "How many")
    for what, counts in answer.items():
        for state, count in sorted(counts.items()):
            table.add_row(what, state, str(count))
    console.print(table)


@review_app.command("list")
def review_list(url: Address = "", key: Key = "") -> None:
    """The notes that await review."""
    with _session(url, key) as client:
        notes = client.get("/notes", state="awaiting review", limit=200)
    for note in notes:
        console.print(f"{note['id']}  {note['words']} words, {note['doubts']} doubtful", highlight=False)
    console.print(f"{len(notes)} await review.")


@review_app.command("show")
def review_show(note_id: str, url: Address = "", key: Key = "") -> None:
    """Every redaction of a note, in place, and what may still identify somebody."""
    with _session(url, key) as client:
        review = client.get(f"/notes/{note_id}/review")
    table = Table("From", "To", "In place", "Stands for", "Kind", "Sure", "Decision")
    for row in review["redactions"]:
        context = review["redacted"][max(0, row["redacted_start"] - 25) : row["redacted_end"] + 25]
        sure = f"{row['score']:.2f}" + (" ?" if row["doubtful"] else "")
        place = context.replace("\n", " ").replace("[", "\\[")
        table.add_row(
            str(row["start"]), str(row["end"]), place, row["original"], row["type"], sure, row["decision"] or ""
        )
    console.print(table)
    for risk in review["risks"]:
        words = review["redacted"][risk["start"] : risk["end"]]
        console.print(f"May still identify: “{words}”: {risk['reason']}", highlight=False, markup=False)


def _decide(note_id: str, decision: dict[str, object], url: str, key: str) -> None:
    with _session(url, key) as client:
        client.post(f"/notes/{note_id}/decisions", {"decisions": [decision]})
    console.print("Noted. The note is redacted again; show it once more before you approve it.")


@review_app.command("accept")
def review_accept(note_id: str, start: int, end: int, url: Address = "", key: Key = "") -> None:
    """Keep a redaction, by the offsets that show prints."""
    _decide(note_id, {"kind": "accept", "start": start, "end": end}, url, key)


@review_app.command("reject")
def review_reject(note_id: str, start: int, end: int, url: Address = "", key: Key = "") -> None:
    """Let the words stand again."""
    _decide(note_id, {"kind": "reject", "start": start, "end": end}, url, key)


@review_app.command("add")
def review_add(
    note_id: str, words: str, kind: str = "person", everywhere: bool = True, url: Address = "", key: Key = ""
) -> None:
    """Mask words that were missed."""
    with _session(url, key) as client:
        start = client.get(f"/notes/{note_id}/review")["original"].find(words)
    if start < 0:
        raise Invalid("These words are not in the note.")
    decision = {"kind": "add", "start": start, "end": start + len(words), "type": kind, "everywhere": everywhere}
    _decide(note_id, decision, url, key)


@review_app.command("approve")
def review_approve(note_id: str, url: Address = "", key: Key = "") -> None:
    """Clear a note for theming."""
    with _session(url, key) as client:
        client.post(f"/notes/{note_id}/approval")
    console.print("Cleared.")


@digest_app.command("draft")
def digest_draft(title: str, start: str, end: str, url: Address = "", key: Key = "") -> None:
    """Draft a digest of a period, both days as YYYY-MM-DD; prints its id."""
    period = {"period_start": date.fromisoformat(start).isoformat(), "period_end": date.fromisoformat(end).isoformat()}
    with _session(url, key) as client:
        console.print(client.post("/digests", {"title": title, **period})["id"])


@digest_app.command("show")
def digest_show(digest_id: str, url: Address = "", key: Key = "") -> None:
    """The text of a digest as Markdown, and what keeps it from being published."""
    with _session(url, key) as client:
        digest = client.get(f"/digests/{digest_id}")
    console.print(f"State: {digest['state']}", highlight=False)
    console.print(digest["markdown"], highlight=False, markup=False)
    for problem in digest["problems"]:
        console.print(
            f"{problem['place']}: “{problem['text']}” {' '.join(problem['reasons'])}", highlight=False, markup=False
        )


@digest_app.command("approve")
def digest_approve(digest_id: str, url: Address = "", key: Key = "") -> None:
    """Approve a draft."""
    with _session(url, key) as client:
        client.post(f"/digests/{digest_id}/approval")
    console.print("Approved.")


@digest_app.command("publish")
def digest_publish(digest_id: str, url: Address = "", key: Key = "") -> None:
    """Publish an approved digest, if every sentence is borne out by its points."""
    with _session(url, key) as client:
        client.post(f"/digests/{digest_id}/publication")
    console.print("On its way: show says when it is published.")


@app.command()
def search(question: str, url: Address = "", key: Key = "") -> None:
    """What was said on a question: the themes and points that answer it, best first."""
    with _session(url, key) as client:
        found = client.post("/searches", {"question": question})
        while found["state"] == "searching":
            time.sleep(POLL)
            found = client.get(f"/searches/{found['id']}")
    if found["state"] == "failed":
        raise Invalid("The search did not work. Try again, or ask an administrator to look at the worker.")
    titles = {theme["id"]: theme["title"] for theme in found["themes"]}
    table = Table("Said", "Theme", "On")
    for point in found["points"][:SHOWN]:
        table.add_row(point["text"], titles[point["theme_id"]], point["held_on"])
    console.print(table if found["points"] else "Nothing that may be shown answers this.")


@key_app.command("create")
def key_create(
    name: str, scope: Annotated[list[Scope], typer.Option()], days: Annotated[int, typer.Option(min=1)] = 365
) -> None:
    """Make a key; it is shown once."""
    upgrade()
    with transaction() as session:
        row, token = issue(session, name, scope, now() + timedelta(days=days))
        _log(session, "create key", row.id)
    console.print(token, highlight=False, soft_wrap=True)


@key_app.command("list")
def key_list() -> None:
    """Every key, without its secret."""
    table = Table("Id", "Name", "Scopes", "Expires", "Last used", "Revoked")
    with reading() as session:
        for row in session.exec(select(ApiKey).order_by(col(ApiKey.created_at))):
            days = [
                str(moment.date()) if moment else "" for moment in (row.expires_at, row.last_used_at, row.revoked_at)
            ]
            table.add_row(row.id, row.name, ", ".join(row.scopes), *days)
    console.print(table)


@key_app.command("revoke")
def key_revoke(key_id: str) -> None:
    """Stop a key from working, at once."""
    with transaction() as session:
        row = session.get(ApiKey, key_id)
        if row is None:
            raise Invalid("There is no key with this id.")
        row.revoked_at = now()
        _log(session, "revoke key", row.id)
    console.print("Revoked.")


@account_app.command("invite")
def account_invite(
    name: str,
    email: str,
    role: Annotated[Role, typer.Option()] = Role.facilitator,
    sector: Annotated[str, typer.Option(help="The sector that a reader reads for.")] = "",
) -> None:
    """Make an account, and print the link by which its person sets a password; it works once, for a week."""
    upgrade()
    with transaction() as session:
        row, secret = account.invite(session, name, email, role, sector=sector)
        _log(session, "invite person", row.id)
    console.print(_join(secret), highlight=False, soft_wrap=True)


@account_app.command("link")
def account_link(email: str) -> None:
    """Print a new link for somebody who forgot the password or let the invitation expire."""
    with transaction() as session:
        row = session.exec(select(Account).where(Account.email == email.strip().lower())).first()
        if row is None or row.closed_at:
            raise Invalid("There is no open account with this e-mail address.")
        secret = account.new_link(session, row)
        _log(session, "give new link", row.id)
    console.print(_join(secret), highlight=False, soft_wrap=True)


def _log(session: Session, action: str, subject: str) -> None:
    session.add(AuditEntry(by="command line", name="command line", action=action, subject=subject))


def _join(secret: str) -> str:
    return f"http://{settings().host}:{settings().port}/join/{secret}"


@contextmanager
def _session(url: str, key: str) -> Iterator[Client]:
    """A client with the given key, or with one made in the local database for as long as the command runs."""
    address = url or f"http://{settings().host}:{settings().port}"
    if key:
        yield Client(address, key)
        return
    with transaction() as session:
        row, token = issue(session, "command line", list(Scope), now() + SESSION)
    try:
        yield Client(address, token)
    finally:
        with transaction() as session:
            session.get_one(ApiKey, row.id).revoked_at = now()
