"""The page's SVG: what moves stands where matplotlib draws it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from parity.synthetic import explorers
from small_figures import X

from kernelless import Axis, Band, Bars, Figure, Line, Rule
from kernelless.draw import draw
from kernelless.svg import matplotlib_svg, page_svg


def coordinates(d):
    """Return the corners of a path of straight lines."""
    out, x, y = [], 0.0, 0.0
    for letter, numbers in re.findall(r"([MLHV])([^MLHVZza]*)", d):
        found = [float(n) for n in re.findall(r"-?[\d.]+(?:e-?\d+)?", numbers)]
        x, y = (x if letter == "V" else found[0]), (y if letter == "H" else found[-1])
        out.append((x, y))
    return np.array(out)


def test_moving_parts_stand_where_matplotlib_draws_them():
    def figure(a):
        return Figure(
            x=Axis("x", (0.1, 10), scale="log"), y=Axis("y", (-2, 100)),
            marks=[Line(X + 0.2, a * X, "line"), Band(X + 0.2, X, 5 * X + a, "band"), Rule("rule", y=a),
                   Rule("up", x=a)])

    def bars(a, flat):
        named = Axis("n", categories=("p", "q"))
        axes = {"x": Axis("v", (0, 10)), "y": named} if flat else {"x": named, "y": Axis("v", (0, 10))}
        return Figure(**axes, marks=[Bars(np.array([a, 5.0]), "bars", base=np.array([1.0, 0.0]))])

    for drawn in (figure(3.0), bars(3.0, True), bars(3.0, False)):
        mine = dict(re.findall(r'<path data-key="(m[^"]+)"[^>]* d="([^"]*)"', page_svg(drawn, "i")))
        theirs = dict(re.findall(r'<g id="(m\d+(?:-\d+)?)">\s*<path d="([^"]*)"', matplotlib_svg(drawn)))
        assert mine.keys() == theirs.keys()
        for key, d in mine.items():
            a, b = coordinates(d), coordinates(theirs[key])
            if "-" in key or key == "m3":  # a bar or an upright rule: matplotlib starts at another corner
                a, b = (np.array([corners.min(axis=0), corners.max(axis=0)]) for corners in (a, b))
            np.testing.assert_allclose(a, b[: len(a)], atol=0.0051, err_msg=key)


@pytest.mark.parametrize("name", ["grid", "diagram", "timeline", "bill", "budget"])
def test_shapes_and_their_words_stand_where_matplotlib_draws_them(name):
    explorer = next(explorer for explorer in explorers() if explorer.name == name)
    rng = np.random.default_rng(1)
    shapes = words = 0
    for _ in range(4):
        figure = explorer.figure(**{key: control.sample(rng) for key, control in explorer.controls_spec.items()})
        mine = dict(re.findall(r'<path data-key="(m[^"]+)"[^>]* d="([^"]*)"', page_svg(figure, "i")))
        theirs = dict(re.findall(r'<g id="(m\d+(?:-\d+)?)">\s*<path d="([^"]*)"', matplotlib_svg(figure)))
        for key, d in mine.items():
            rings = [[np.array(re.findall(r"-?[\d.]+", ring), dtype=float) for ring in path.split("M")[1:]]
                     for path in (d, theirs.get(key, "") if d else "")]
            if re.search("[HV]", d):  # a rule, which the test above compares
                continue
            for here, there in zip(*rings, strict=True):  # matplotlib may draw its way back to the start
                np.testing.assert_allclose(here, there[: len(here)], atol=0.0051, err_msg=key)
                shapes += 1
        said = r'<text data-key="(m[^"]+)"[^>]*text-anchor="(\w+)" x="([^"]*)" y="([^"]*)">([^<]*)'
        drawn = draw(figure, legend=False)
        renderer, height = FigureCanvasAgg(drawn).get_renderer(), drawn.get_figheight() * 72
        for key, anchor, *place, _ in re.findall(said, page_svg(figure, "i")):
            if key.endswith("-t"):
                continue
            artist, = drawn.findobj(lambda artist, key=key: artist.get_gid() == key)
            box = artist.get_window_extent(renderer).get_points()
            x, _ = {"start": box[0], "middle": box.mean(axis=0), "end": box[1]}[anchor]
            assert abs(x - float(place[0])) < 0.8, key
            low, high = height - box[1][1], height - box[0][1]
            assert low < float(place[1]) - 1 < high, key  # the line that the letters stand on
            words += 1
    assert shapes > 20
    assert words > 10 or name == "timeline"


def test_nothing_is_drawn_where_there_is_nothing():
    hostile = next(explorer for explorer in explorers() if explorer.name == "hostile")
    for top in (-5, 0, 5):
        for bottom in (-5, 0, 3, 5):
            figure = hostile.figure(top=top, bottom=bottom)
            svg = page_svg(figure, "i")
            assert "nan" not in svg.lower().replace("nanosecond", "")
            assert "inf" not in svg
            ET.fromstring(svg)
            matplotlib_svg(figure)
