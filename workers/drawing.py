"""Draws charts: one Altair specification each, narrow enough to be read on a phone and to stand in a column of print.

The stances and the ways a theme moves differ in lightness and outline as well as in hue: neighbours keep a contrast
of 3:1 in grey print and for people who do not tell colours apart, and every bar has its words or its number beside it.
Names stand above what they name, so that a long one takes nothing from the width.
"""

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt

Rows = Sequence[Mapping[str, Any]]

WIDTH = 340
SIZE, LINE = 14, 17
LETTERS = 40
"""How many letters of a title fit the width."""
EXTENT = 128
"""Room for the longest name of a sector, in wider letters too."""
FONT = "Arial, Helvetica, Liberation Sans, sans-serif"
"""Liberation Sans, which vl-convert measures with, is as wide as Arial, which most readers have."""
INK, SOFT, TRACK, PAPER = "#14212b", "#47565f", "#e3e8ea", "#ffffff"
DARK, LIGHT, PALE = "#5a2500", "#4b97c9", "#8fbccb"
DEEP = "#0e4a5a"
STANCES = {"is concerned": DARK, "mixed": PAPER, "supports": LIGHT}
MOVES = {"emerging": DEEP, "rising": DEEP, "steady": "#7b8c95", "fading": PAPER}
SHADES = {"all": DEEP, "half": PALE, "some": "#dcebef", "none": PAPER, "not shown": PAPER}

MODULES = "https://cdn.jsdelivr.net/npm"
"""The address under which vl-convert holds its modules; it is not called."""
PARTS = f"""
import {{ parse, View, logger, Error as faults }} from "{MODULES}/vega@6.2.0/+esm";
import {{ compile }} from "{MODULES}/vega-lite@6.4.1/+esm";
import {{ expressionInterpreter }} from "{MODULES}/vega-interpreter@2.0.0/+esm";
const compiled = (spec) => compile(spec, {{ logger: logger(faults) }}).spec;
window.drawing = {{ parse, View, compile: compiled, expressionInterpreter }};
"""
"""Faults are told, but not the warning that rows of bars which share a field might not share their height."""
HEAD = "/*! Vega, Vega-Lite and D3: vega-licences.txt. Made by `python -m workers.drawing`: do not edit. */\n"


def theme_bars(rows: Rows, marking: str) -> dict[str, Any]:
    """How widely each theme was raised: a bar for the events that did, out of all, under its mission."""
    import altair as alt

    titled = _even(_titled(rows, "theme"))
    bar = alt.Chart().encode(y=alt.Y("place:O", axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0)))
    scale = alt.Scale(domain=[0, max(row["held"] for row in rows)], range=[0, WIDTH * 0.5])
    events = alt.X("events:Q", axis=None, scale=scale)
    layers = alt.layer(
        bar.mark_bar(color=TRACK, height=SIZE).encode(x=alt.X("held:Q", axis=None, scale=scale)),
        bar.mark_bar(height=SIZE, stroke=INK, strokeWidth=1).encode(
            x=events, fill=_fill("moves", MOVES, legend=False), tooltip="says:N"
        ),
        bar.mark_text(align="left", baseline="bottom", dy=_above(titled, SIZE), fontWeight="bold").encode(
            x=alt.value(0), text="name:N"
        ),
        bar.mark_text(align="left", dx=8).encode(x=alt.X("held:Q", axis=None, scale=scale), text="words:N"),
        data={"values": titled},
    ).properties(width=WIDTH, height=alt.Step(_lines(titled) * LINE * 2 + SIZE))
    return _spec(layers.facet(row=_row("group", titled), spacing=10).resolve_scale(y="independent"), marking)


def heat_table(rows: Rows, sectors: Sequence[str], marking: str) -> dict[str, Any]:
    """How many themes of a mission each sector raised: a cell each, darker the more of them, its words inside."""
    import altair as alt

    titled = _even(_titled(rows, "mission"))
    height = _lines(titled) * LINE * 2 + 34
    cell = alt.Chart().encode(
        x=alt.X(
            "sector:N",
            sort=list(sectors),
            scale=alt.Scale(paddingInner=0.05, paddingOuter=0),
            axis=alt.Axis(orient="top", title=None, labelAngle=0, domain=False, ticks=False, offset=10),
        ),
        y=alt.Y("place:O", axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0)),
    )
    layers = alt.layer(
        cell.mark_bar(height=34, stroke=SOFT, strokeWidth=1).encode(
            fill=_fill("shade", SHADES, legend=False), tooltip="says:N"
        ),
        cell.mark_text(fontSize=SIZE - 1).encode(
            text="words:N",
            tooltip="says:N",
            color=alt.condition("datum.shade === 'all'", alt.value(PAPER), alt.value(INK)),
        ),
        alt.Chart()
        .mark_text(align="left", baseline="bottom", dy=_above(titled, 34), fontWeight="bold")
        .encode(x=alt.value(0), y=alt.Y("place:O"), text="name:N")
        .transform_filter("datum.first"),
        data={"values": titled},
    )
    return _spec(layers.properties(width=WIDTH, height=alt.Step(height)), marking)


def stance_bars(rows: Rows, marking: str, *, named: bool) -> dict[str, Any]:
    """What each sector's points say of each theme: concerned to the left, supportive to the right, mixed between.

    With `named`, each theme's name stands above its bars.
    """
    import altair as alt

    titled = _titled(rows, "theme")
    low, high = min(row["start"] for row in rows), max(row["end"] for row in rows)
    bar = alt.Chart().encode(
        y=alt.Y("sector:N", title=None, axis=alt.Axis(domain=False, ticks=False, labelPadding=8, minExtent=EXTENT))
    )
    scale = alt.Scale(domain=[low, high], nice=False)
    start = alt.X("start:Q", axis=None, scale=scale)
    layers = alt.layer(
        bar.mark_bar(stroke=INK, strokeWidth=1, height=20).encode(
            x=start, x2="end:Q", fill=_fill("stance", STANCES, legend=True), tooltip="says:N"
        ),
        bar.mark_text(fontSize=SIZE - 1).encode(
            x=alt.X("middle:Q", axis=None, scale=scale),
            text="shown:N",
            tooltip="says:N",
            color=alt.condition("datum.stance === 'is concerned'", alt.value(PAPER), alt.value(INK)),
        ),
        bar.mark_rule(color=INK).encode(x=alt.X(datum=0, axis=None, scale=scale)),
        data={"values": titled},
    ).properties(width=WIDTH - EXTENT, height=alt.Step(26))
    if named:
        layers = layers.facet(row=_row("name", titled), spacing=10).resolve_scale(y="independent")
    return _spec(layers, marking)


def trend_lines(rows: Rows, marking: str, *, named: bool) -> dict[str, Any]:
    """At how many events each theme was raised, quarter by quarter, before columns of all events told of."""
    import altair as alt

    titled = _titled(rows, "theme")
    most = max(row["held"] for row in rows)
    quarters = list(dict.fromkeys(row["quarter"] for row in rows))
    labels = alt.Axis(title=None, labelAngle=0, domain=False, ticks=False, labelPadding=6, labelOverlap=True)
    spot = alt.Chart().encode(x=alt.X("quarter:N", sort=quarters, axis=labels, scale=alt.Scale(padding=0.25)))
    # Room above the highest point for its words.
    scale = alt.Scale(domain=[0, most * 1.4], nice=False)
    held, events = alt.Y("held:Q", axis=None, scale=scale), alt.Y("events:Q", axis=None, scale=scale)
    line: dict[str, Any] = {"color": DEEP}
    layers = alt.layer(
        spot.mark_bar(color=TRACK).encode(y=held),
        spot.mark_line(strokeWidth=2.5, **line).encode(y=events),
        spot.mark_point(size=70, filled=True, opacity=1, **line).encode(y=events),
        spot.mark_text(dy=-12, fontSize=SIZE - 1).encode(y=events, text="words:N"),
        # On top and unseen: wherever the pointer comes to a column, the column answers.
        spot.mark_bar(opacity=0).encode(y=held, tooltip="says:N"),
        data={"values": titled},
    ).properties(width=WIDTH, height=76)
    return _spec(layers.facet(row=_row("name", titled), spacing=12) if named else layers, marking)


def still(spec: dict[str, Any]) -> str:
    """The still picture of a specification, as SVG: the same for the same specification."""
    import vl_convert

    return vl_convert.vegalite_to_svg(spec)


def moving() -> str:
    """The script with which a browser draws the same specifications: Vega and Vega-Lite as the still pictures use them.

    vl-convert holds all of it, so that neither Node nor a network is needed. Vega's interpreter takes the place of
    code that it would else make from text, which the pages' security policy forbids.
    """
    import vl_convert

    return HEAD + vl_convert.javascript_bundle(PARTS)


def _fill(field: str, colours: Mapping[str, str], *, legend: bool) -> "alt.Fill":
    import altair as alt

    key = alt.Legend(orient="top", title=None, symbolType="square", symbolStrokeColor=INK, symbolStrokeWidth=1)
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Fill(f"{field}:N", scale=scale, legend=key if legend else None)


def _row(field: str, titled: Rows) -> "alt.Row":
    import altair as alt

    header = alt.Header(
        title=None,
        labelOrient="top",
        labelAnchor="start",
        labelAlign="left",
        labelAngle=0,
        labelFontSize=SIZE + (field == "group"),
        labelFontWeight="bold",
        labelColor=DEEP if field == "group" else INK,
        labelLineHeight=LINE,
        labelLimit=0,
        labelPadding=2 if field == "group" else -12,
    )
    return alt.Row(f"{field}:N", sort=list(dict.fromkeys(row[field] for row in titled)), header=header)


def _titled(rows: Rows, field: str) -> list[dict[str, Any]]:
    """The rows with what their place is called; two places never share a name, or they would share a chart."""
    names: dict[int, str] = {}
    for row in rows:
        if row["place"] not in names:
            name = _wrapped(row[field])
            names[row["place"]] = f"{name} ({len(names) + 1})" if name in names.values() else name
    return [{**row, "name": names[row["place"]], "group": _wrapped(row.get("mission", ""))} for row in rows]


def _wrapped(title: str) -> str:
    return "\n".join(textwrap.wrap(title, LETTERS, max_lines=2, placeholder=" …"))


def _even(titled: Rows) -> list[dict[str, Any]]:
    """The rows with as many lines in each name, the empty ones first: so the last stands right above its bar."""
    lines = _lines(titled)
    return [{**row, "name": "\n" * (lines - 1 - row["name"].count("\n")) + row["name"]} for row in titled]


def _above(titled: Rows, height: int) -> float:
    """How far a name is moved up from the middle of a bar, by its first line."""
    return -height / 2 - 2 - (_lines(titled) - 1) * LINE


def _lines(titled: Rows) -> int:
    return max(str(row["name"]).count("\n") + 1 for row in titled)


def _spec(chart: Any, marking: str) -> dict[str, Any]:
    """The chart with our letters and, since pictures are passed on by themselves, its marking."""
    import altair as alt

    note = alt.TitleParams(marking, orient="bottom", anchor="start", fontSize=SIZE - 2, color=SOFT, offset=8)
    configured = chart.properties(title=note).configure(
        aria=False,
        background=PAPER,
        font=FONT,
        lineBreak="\n",
        padding=4,
        view={"stroke": None},
        axis={"labelColor": INK, "labelFontSize": SIZE - 1, "labelLimit": 0, "grid": False, "labelLineHeight": LINE},
        text={"color": INK, "fontSize": SIZE, "lineHeight": LINE},
        legend={"labelColor": INK, "labelFontSize": SIZE, "symbolSize": 180, "padding": 6, "columnPadding": 24},
    )
    content: dict[str, Any] = configured.to_dict()
    return content


if __name__ == "__main__":
    print(moving(), end="")
