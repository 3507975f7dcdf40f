from typing import Any


def test_lib(library: Any, call: Any) -> None:
    print(library)
    page = call.done("GET", "/themes")
    for t in page["themes"]:
        print(
            t["title"], t["events"], t["points"], t["description"], [(a["entry"], a["sure"]) for a in t["alignments"]]
        )
    print({k: v for k, v in page.items() if k != "themes"})
