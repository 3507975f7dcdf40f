from collections.abc import Callable
from typing import Any


def test_a_campaign_is_created_once(call: Any) -> None:
    made = call.done("POST", "/campaigns", "facilitate", json={"name": "Harbours", "review": "always"})
    assert made["id"].startswith("campaign_")
    assert (made["name"], made["review"]) == ("Harbours", "always")
    again = call("POST", "/campaigns", "facilitate", json={"name": "Harbours"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    call.done("POST", "/campaigns", json={"name": "Almshouses"})
    assert [row["name"] for row in call.done("GET", "/campaigns", "read")] == ["Almshouses", "Harbours"]


def test_dialogues_wait_for_review_unless_the_campaign_says_otherwise(call: Any) -> None:
    assert call.done("POST", "/campaigns", json={"name": "Harbours"})["review"] == "dialogues"


def test_an_event_tells_readers_of_large_sectors_only(call: Any, new_event: Callable[..., str]) -> None:
    event = new_event(sectors={"public": 6, "private": 5, "not-for-profit": 2, "higher education": 1})
    told = call.done("GET", f"/events/{event}", "read")
    assert told["sectors"] == {"public": 6, "private": 5}
    assert (told["attribution"], told["marking"]) == ("chatham-house", "OFFICIAL")
    event = new_event(sectors={"public": 6, "private": 5, "not-for-profit": 2})
    assert call.done("GET", f"/events/{event}", "read")["sectors"] == {"public": 6}


def test_the_answer_to_who_created_it_keeps_to_the_gate_as_well(call: Any, campaign: str) -> None:
    event = {"campaign_id": campaign, "title": "A", "kind": "survey", "held_on": "2026-02-10", "sectors": {"public": 2}}
    assert call.done("POST", "/events", "facilitate", json=event)["sectors"] == {}


def test_an_event_needs_a_campaign(call: Any) -> None:
    event = {"campaign_id": "campaign_1", "title": "A", "kind": "survey", "held_on": "2026-02-10", "sectors": {}}
    answer = call("POST", "/events", json=event)
    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        "There is no campaign with this id. Create it first.",
    )


def test_events_are_listed_by_campaign_period_and_page(call: Any, new_event: Callable[..., str]) -> None:
    days = ("2026-01-05", "2026-02-05", "2026-03-05")
    made = {day: new_event(held_on=day) for day in days}
    other = call.done("POST", "/campaigns", json={"name": "Orchards"})["id"]
    made["2026-04-05"] = new_event(held_on="2026-04-05", campaign_id=other)

    def listed(query: str = "") -> set[str]:
        return {row["held_on"] for row in call.done("GET", f"/events{query}", "read")}

    assert listed() == set(made)
    assert listed(f"?campaign_id={other}") == {"2026-04-05"}
    assert listed("?since=2026-02-01&until=2026-03-05") == {"2026-02-05", "2026-03-05"}
    paged: list[str] = []
    while page := call.done("GET", f"/events?limit=3&after={paged[-1] if paged else ''}", "read"):
        paged += [row["id"] for row in page]
    assert sorted(paged) == sorted(made.values())
