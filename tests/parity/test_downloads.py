"""What a reader saves holds the figure's numbers, words and colours."""

from __future__ import annotations

import base64
import csv
import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from parity.shown import EXPLORERS, SEE, SET, reset, settings_in

from kernelless import (
    Axis,
    Band,
    Bars,
    Choice,
    Figure,
    Label,
    Line,
    Point,
    Readout,
    Rule,
    Slider,
    __version__,
    explore,
    text,
)


def download(page, name, kind) -> Path:
    with page.expect_download() as found:
        page.locator(f"#explorer-{name} [data-action={kind}]").click()
    assert found.value.suggested_filename == f"{name}.{kind}"
    return Path(found.value.path())


def blocks(rows: list[list[str]]) -> list[list[list[str]]]:
    """Return the tables of a CSV file, which empty rows part."""
    tables: list[list[list[str]]] = [[]]
    for row in rows:
        if row:
            tables[-1].append(row)
        else:
            tables.append([])
    return tables


def as_written(value, axis) -> list[str | float]:
    """Return what lies along an axis as a file has it: names of categories, shares in per cent, nothing for NaN."""
    names, share = axis.categories or (), 100 if axis.unit == "%" else 1
    return ["" if np.isnan(one) else names[int(one)] if one in range(len(names)) else one * share
            for one in map(float, np.atleast_1d(value))]


def same(found: list[str], expected: list) -> bool:
    return len(found) == len(expected) and all(
        a == b if isinstance(b, str) else float(a) == pytest.approx(b, rel=1e-12, abs=1e-14)
        for a, b in zip(found, expected, strict=True))


def expected_columns(figure) -> dict[str, list]:
    """Return what the columns of a figure's tables hold, by their heads, by Python's account."""
    along = figure.x if figure.y.categories else figure.y
    columns = {}
    for mark, name in zip(figure.marks, figure.names(), strict=True):
        fields: dict[str, object] = {}
        if isinstance(mark, Point) and np.size(mark.x) > 1 and figure.y.categories:
            fields = {"": mark.x}
        elif isinstance(mark, Line) or (isinstance(mark, Point) and np.size(mark.x) > 1):
            fields = {"": mark.y}
        elif isinstance(mark, Band):
            fields = {" low": mark.low, " high": mark.high}
        elif isinstance(mark, Bars):
            alone = np.all((np.asarray(mark.base) == 0) | (np.asarray(mark.base) == along.span[0]))
            fields = {"": mark.value} if alone else {" from": mark.base, " to": mark.value}
        length = max((np.size(value) for value in (getattr(mark, "x", 0), *fields.values())), default=0)
        for suffix, value in fields.items():
            unit = "" if along.categories or not along.unit else f" [{along.unit}]"
            columns[f"{name}{suffix}{unit}"] = as_written(np.broadcast_to(value, length), along)
    return columns


def check_single(single: dict[str, list[str]], figure) -> None:
    """Compare dots, rules and labels, by their names, with Python's account."""
    panels = [f"{label}: " for label, _ in figure.panels] or [""]
    for mark, name, panel in zip(figure.marks, figure.names(), figure.panel_of(), strict=True):
        if isinstance(mark, Point) and np.size(mark.x) == 1:
            assert same(single[name], [*as_written(mark.x, figure.x), *as_written(mark.y, figure.y)])
        if isinstance(mark, Rule):
            x, y = ([""] if at is None else as_written(at, axis)
                    for at, axis in ((mark.x, figure.x), (mark.y, figure.y)))
            assert same(single[panels[panel] + mark.label], [*x, *y])
        if isinstance(mark, Label) and mark.value is not None:
            assert single[panels[panel] + mark.label] == [text(mark.value, mark.unit)]


@pytest.mark.parametrize("name", EXPLORERS)
def test_the_numbers_arrive_as_csv(page, name):
    explorer = EXPLORERS[name]
    page.evaluate(SET, [name, {key: 0 if hasattr(control, "options") else 0.3
                               for key, control in explorer.controls_spec.items()}])
    settings = settings_in(explorer, page.evaluate(SEE, name))
    figure = explorer.figure(**settings)
    head, told, *rest = blocks(list(csv.reader(io.StringIO(download(page, name, "csv").read_text(encoding="utf-8")))))
    assert head[0] == ["title", explorer.title]
    assert head[-1] == ["made with", f"kernelless {__version__}"]  # a page from disk has no address to give
    assert told[0] == ["setting", "value", "unit"]
    for row, (key, control) in zip(told[1:], explorer.controls_spec.items(), strict=True):
        value = settings[key]
        assert row == [control.label, control.show(value), ""] if hasattr(control, "options") else (
            row[0] == control.label and same(row[1:], [value * (100 if control.unit == "%" else 1), control.unit]))
    readouts = rest.pop(0) if figure.readouts else [[]]
    for row, readout in zip(readouts[1:], figure.readouts, strict=True):
        assert (row[0], row[2]) == (readout.label, readout.unit)
        assert same([row[1]], as_written(readout.value, Axis("", (0, 1), readout.unit))), (row, readout)
    if figure.states:
        assert rest.pop(0) == [["state"], *([s.holds if bool(s.ok) else s.fails] for s in figure.states)]
    columns = {}
    for table in rest:
        for k, title in enumerate(table[0]):
            columns.setdefault(title, [row[k] for row in table[1:]])
    for title, values in expected_columns(figure).items():
        assert same(columns[title], values), title
    if figure.y.categories:  # each value stands beside the name of its category
        assert {row[0] for (_, *heads), *rows in rest for row in rows if len(heads) == 1} <= {*figure.y.categories}
    check_single({row[0]: row[1:] for table in rest for row in table[1:] if table[0][0] == "name"}, figure)
    assert all(title for table in rest for title in table[0]), "a column has no name"


def test_a_page_of_a_site_names_itself_and_the_sources(tmp_path, chromium):
    """Shares in per cent, keys as their titles, the floor of an axis no number, the sources of what is chosen."""
    class Chip:
        def __init__(self, title, watts, **known):
            self.name, self.title, self.watts = title.lower(), title, watts
            self.__dict__ |= known

    chips = [Chip("One", 300.0, source="data sheet, p. 3", date="2026-01-02"), Chip("Two", 500.0, source="a \"talk\""),
             Chip("Own", 400.0, source="")]

    def cost(rate, chip):
        two = np.array([1.0, 2.0]) * rate
        return Figure(x=Axis("kind", categories=("Low", "High")), y=Axis("cost", (0.01, 100), "%", "log"),
                      marks=[Bars(two * chip.watts / 300, "share", base=0.01), Point(np.array([0.0, 1.0]), two, "dots"),
                             Point(1.0, rate, "here")],
                      readouts=[Readout("Share", rate, "%")])

    explorer = explore(cost, title="Cost", watch="Move.",
                       rate=Slider(0.01, 1.0, value=0.07, unit="%", label="Cost of capital"), chip=Choice(*chips),
                       sources=["a survey, 2025"])
    (tmp_path / "page.html").write_text(explorer.to_html(), encoding="utf-8")
    page = chromium.new_page()
    page.route("**/*", lambda route: route.fulfill(path=tmp_path / "page.html", content_type="text/html"))
    page.goto("http://book.test/page.html#elsewhere")

    def rows(kind="csv"):
        with page.expect_download() as found:
            page.locator(f"[data-action={kind}]").click()
        return Path(found.value.path()).read_text(encoding="utf-8")

    assert rows() == (
        "title,Cost\npage,http://book.test/page.html#explorer-cost?rate=0.07&chip=one\n"
        f"made with,kernelless {__version__}\n"
        'source,"a survey, 2025"\nsource,"One: data sheet, p. 3 (2026-01-02)"\n\n'
        "setting,value,unit\nCost of capital,7,%\nChip,One,\n\nreadout,value,unit\nShare,7,%\n\n"
        "kind,share [%]\nLow,7\nHigh,14\n\nkind,dots [%]\nLow,7\nHigh,14\n\nname,kind,cost [%]\nhere,High,7\n")
    page.locator("select").select_option("two")
    assert 'source,"Two: a ""talk"""' in rows()
    assert 'Source: Two: a "talk"' in " ".join(ET.fromstring(rows("svg")).itertext())
    page.locator("select").select_option("own")
    assert rows().count("source,") == 1
    page.close()


@pytest.mark.parametrize("name", EXPLORERS)
def test_the_figure_arrives_as_svg(page, name):
    reset(page, name)
    explorer = EXPLORERS[name]
    source = download(page, name, "svg").read_text(encoding="utf-8")
    root = ET.fromstring(source)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "var(" not in source
    assert "class=" not in source
    assert "currentColor" not in source
    words = " ".join("".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text"))
    assert explorer.title in words
    for control in explorer.controls_spec.values():
        assert control.label in words
    for _, label, _ in explorer.figure().legend():
        assert label in words
    for label, said in explorer.readouts().items():
        assert f"{label}: {said}" in words
    for state in explorer.figure().states:
        assert f"✓ {state.holds}" in words if bool(state.ok) else f"✗ {state.fails}" in words
    colours = {element.get(kind) for element in root.iter() for kind in ("fill", "stroke")} - {None, "none"}
    known = r"#[0-9a-f]{3,6}|rgba?\([\d., ]+\)|url\(\"?#[\w.-]+\"?\)"
    assert all(re.fullmatch(known, colour) for colour in colours), colours
    assert all(f'id="{named}"' in source for named in re.findall(r"url\([^#)]*#([\w.-]+)", source))
    sizes = {element.get("font-size") for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert None not in sizes
    # Long words are broken, so that no line is cut off at the edge.
    shown = page.locator(f"#explorer-{name} .ex-legend li:visible").count()
    assert len(list(root[1].iter("{http://www.w3.org/2000/svg}svg"))) == shown
    width = float(root.get("viewBox").split()[2])
    for block in (root[1], root[-1]):
        for element in block.iter("{http://www.w3.org/2000/svg}text"):
            assert float(element.get("x")) + len(element.text) * float(element.get("font-size")) * 0.5 < width


# The corners of a picture, and how far its pixels are from the ground's: what is drawn, and in which theme.
LOOK = """(address) => new Promise((done, fail) => {
  const image = new Image();
  image.onerror = fail;
  image.onload = () => {
    const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
    [canvas.width, canvas.height] = [image.width, image.height];
    pen.drawImage(image, 0, 0);
    const { data } = pen.getImageData(0, 0, image.width, image.height), counts = {};
    for (let k = 0; k < data.length; k += 4) {
      const colour = `${data[k]} ${data[k + 1]} ${data[k + 2]}`;
      counts[colour] = (counts[colour] ?? 0) + 1;
    }
    done({ width: image.width, height: image.height, counts });
  };
  image.src = address;
})"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["lines", "bars"])
def test_the_picture_looks_like_the_page(opened, name, theme):
    """The ground and the colours of the marks are those that the page shows in this theme; the halo is kept."""
    page = opened()
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
    data = base64.b64encode(download(page, name, "png").read_bytes()).decode()
    seen = page.evaluate(LOOK, f"data:image/png;base64,{data}")
    shown = page.evaluate("""(name) => {
      const root = document.getElementById(`explorer-${name}`), rgb = (c) => c.match(/\\d+/g).slice(0, 3).join(" ");
      const path = getComputedStyle(root.querySelector("svg [data-key=m0], svg [data-key=m0-0]"));
      return [getComputedStyle(root).backgroundColor, path.stroke === "none" ? path.fill : path.stroke].map(rgb);
    }""", name)
    ground, mark = shown
    assert max(seen["counts"], key=seen["counts"].get) == ground
    assert seen["counts"].get(mark, 0) > 300
    source = download(page, name, "svg").read_text(encoding="utf-8")
    if name == "lines":
        assert re.search(r'<text[^>]*paint-order="stroke[^>]*', source)
    assert page.complaints == []


@pytest.mark.parametrize("name", ["lines", "bars"])
def test_the_figure_arrives_as_png(page, name):
    data = download(page, name, "png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    assert width > 1500
    assert 0.5 < height / width < 1.2
    assert len(data) > 20_000  # something is drawn
