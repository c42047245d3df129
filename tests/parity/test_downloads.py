"""What a reader saves holds the figure's numbers, words and colours."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from parity.shown import EXPLORERS, SEE, SET, reset, settings_in


def download(page, name, kind) -> Path:
    with page.expect_download() as found:
        page.locator(f"#explorer-{name} [data-action={kind}]").click()
    assert found.value.suggested_filename == f"{name}.{kind}"
    return Path(found.value.path())


@pytest.mark.parametrize("name", EXPLORERS)
def test_the_numbers_arrive_as_csv(page, name):
    explorer = EXPLORERS[name]
    page.evaluate(SET, [name, {key: 0 if hasattr(control, "options") else 0.3
                               for key, control in explorer.controls_spec.items()}])
    settings = settings_in(explorer, page.evaluate(SEE, name))
    figure = explorer.figure(**settings)
    rows = list(csv.reader(io.StringIO(download(page, name, "csv").read_text(encoding="utf-8"))))
    assert rows[0] == ["title", explorer.title]
    told = {row[0]: row[1] for row in rows[1:] if len(row) > 1}
    for key, control in explorer.controls_spec.items():
        assert type(settings[key])(told[control.label]) == settings[key]
    for readout in figure.readouts:
        assert float(told[readout.label]) == pytest.approx(float(readout.value), rel=1e-12, nan_ok=True)
    columns = {}
    for table in blocks(rows):
        for k, head in enumerate(table[0]):
            columns.setdefault(head, [row[k] for row in table[1:]])
    for mark in figure.marks:
        fields = {"Line": {"": "y"}, "Point": {"": "y"}, "Band": {" low": "low", " high": "high"},
                  "Bars": {" from": "base", " to": "value"}}.get(type(mark).__name__, {})
        for suffix, field in fields.items():
            axis = figure.x if figure.y.categories else figure.y
            head = f"{mark.label}{suffix}" + (f" [{axis.unit}]" if axis.unit else "")
            got = [float(cell) for cell in columns[head]]
            np.testing.assert_allclose(got, np.broadcast_to(getattr(mark, field), len(got)), rtol=1e-12, atol=1e-14)
    assert [row[0] for row in rows if len(row) == 1] == [s.holds if bool(s.ok) else s.fails for s in figure.states]


def blocks(rows):
    """Yield the tables of a CSV file: what stands after an empty row, up to the next."""
    table = None
    for row in [*rows, []]:
        if not row or row == [""]:
            if table:
                yield table
            table = []
        elif table is not None:
            table.append(row)


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
    colours = {element.get(kind) for element in root.iter() for kind in ("fill", "stroke")} - {None, "none"}
    known = r"#[0-9a-f]{3,6}|rgba?\([\d., ]+\)|url\(\"?#[\w.-]+\"?\)"
    assert all(re.fullmatch(known, colour) for colour in colours), colours
    sizes = {element.get("font-size") for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert None not in sizes
    # Long words are broken, so that no line is cut off at the edge.
    assert len(list(root[1].iter("{http://www.w3.org/2000/svg}svg"))) == len(explorer.figure().legend())
    width = float(root.get("viewBox").split()[2])
    for element in root[1].iter("{http://www.w3.org/2000/svg}text"):
        assert float(element.get("x")) + len(element.text) * float(element.get("font-size")) * 0.5 < width


@pytest.mark.parametrize("name", ["lines", "bars"])
def test_the_figure_arrives_as_png(page, name):
    data = download(page, name, "png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    assert width > 1500
    assert 0.5 < height / width < 1.2
    assert len(data) > 20_000  # something is drawn
