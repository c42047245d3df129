"""Explorers: one declaration, two homes.

`explore(function, **controls)` runs the function on known values for Jupyter, and traces it for the page.
"""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import page
from .checks import lookup
from .controls import Choice, Slider
from .declaration import Declaration
from .draw import draw
from .figure import Figure
from .options import Options
from .own import OWN
from .precompute import TABLE_BYTES, tabulated
from .predict import Predict, predict_spec
from .program import compile_program
from .trace import Graph, Traced, TraceError

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

    from .widget import ExplorerWidget

_declared: dict[str, Explorer] = {}  # the latest of each name
_ADVICE = " If no numpy expression will do, give sliders `stops` and pass precompute=True."
_shown: Counter[str] = Counter()  # how often each name has been displayed, for ids that differ on a page


def explore(function: Callable[..., Figure], *, title: str, watch: str, alt: str = "", name: str = "",
            presets: dict[str, dict[str, Any]] | None = None, precompute: bool = False, sources: Sequence[str] = (),
            predict: Predict | None = None, **controls: Slider | Choice) -> Explorer:
    """Declare an interactive figure.

    Parameters
    ----------
    function : callable
        Numpy code from parameters to a `Figure`. It is called with known values in Jupyter, and traced once for the
        page.
    title : str
        What the figure shows.
    watch : str
        One instruction and one thing to look for.
    alt : str
        What the figure shows at its default, for a reader who cannot see it; by default the title and the readouts.
    name : str
        The explorer's name in links and file names; by default the function's.
    presets : dict of dict
        Named settings that teach something.
    precompute : bool
        Tabulate the figure over all settings instead of tracing it, for a function that no program can hold. Each
        slider then needs `stops`.
    sources : sequence of str
        Where the figure's fixed numbers come from, for the head of what a reader saves. Options of a `Choice` that
        have a `source` of their own, and perhaps its `date`, are named by themselves where they are chosen.
    predict : Predict, optional
        A curve that the reader draws before it shows.
    **controls : Slider or Choice
        One for each parameter of the function, in the order of the page.

    Returns
    -------
    Explorer
        Its repr is the widget in Jupyter and the live figure on the page.

    Raises
    ------
    ValueError
        A control that is not a parameter, a parameter without a control, a control that moves nothing, a preset that no
        control can hold, or a mark that never enters the axes' limits.
    TraceError
        The function cannot become a program: the message names the line and the repair.
    """
    made = Explorer(Declaration(function, title, watch, controls, alt=alt, name=name, presets=presets or {},
                                precompute=precompute, sources=sources, predict=predict))
    _declared[made.name] = made
    return made


def explorer_named(name: str) -> Explorer:
    """Return the explorer that was declared under a name, the latest if there are several.

    Parameters
    ----------
    name : str
        As in its links and files.

    Raises
    ------
    ValueError
        None was declared here: run the notebook that does.
    """
    if name not in _declared:
        raise ValueError(f"no explorer called {name!r} was declared here; run the notebook that declares it first. "
                         f"Declared: {', '.join(sorted(_declared)) or 'none'}.")
    return _declared[name]


class Explorer:
    """An interactive figure: controls, a function, and what it shows. Made by `explore`."""

    def __init__(self, told: Declaration) -> None:
        self.function, self.title, self.watch, self.name = told.function, told.title, told.watch, told.name
        self.controls_spec, self.precompute = dict(told.controls), told.precompute
        self.presets = {label: dict(preset) for label, preset in told.presets.items()}
        self._widget: ExplorerWidget | None = None
        self.defaults: dict[str, Any] = {
            key: control.snap(control.value) for key, control in self.controls_spec.items()}
        self.without_own: dict[str, str] = {}  # choices that offer no option of the reader's own here, and why
        self.program, self.spec = self._compiled()
        if found := told.sources_found():
            self.spec["sources"] = found
        self.predict = told.predict
        if self.predict:
            self.spec["predict"] = predict_spec(self.predict, self.figure())
        self._check_limits()
        self._check_moves()
        self.alt = told.alt or f"{self.title}. {self._sentence()}"

    # --- what it shows ------------------------------------------------------------------------------------------

    def settings(self, **given: Any) -> dict[str, Any]:
        """Return every control's value: what is given, snapped to what the control can hold, and defaults."""
        for key in given:
            lookup("control", key, self.controls_spec)
        return {key: control.find(given[key]) if key in given else self.defaults[key]
                for key, control in self.controls_spec.items()}

    def figure(self, **given: Any) -> Figure:
        """Return the figure, of known values, for some settings. What is not given is at its default."""
        settings = self.settings(**given)
        arguments = {key: control.argument(settings[key]) for key, control in self.controls_spec.items()}
        with np.errstate(all="ignore"):
            return self._checked(self.function(**arguments))

    def _checked(self, figure: Any) -> Figure:
        if not isinstance(figure, Figure):
            raise ValueError(f"{self.name}: the function must return a Figure, but returned {type(figure).__name__}.")
        return figure

    def encode(self, **given: Any) -> dict[str, float]:
        """Return the numbers that the program is given for some settings."""
        settings = self.settings(**given)
        return {key: control.encode(settings[key]) for key, control in self.controls_spec.items()}

    def readouts(self, **given: Any) -> dict[str, str]:
        """Return the readouts for some settings, as the reader sees them."""
        return page.readout_texts(self.figure(**given))

    def draw(self, **given: Any) -> Canvas:
        """Return the figure for some settings as a `matplotlib.figure.Figure`."""
        return draw(self.figure(**given))

    def _sentence(self) -> str:
        return "; ".join(f"{label}: {words}" for label, words in self.readouts().items())

    # --- declaration checks -------------------------------------------------------------------------------------

    def _check_limits(self) -> None:
        """Try the default, both ends of each control, and random settings: no error, and every mark is seen."""
        rng = np.random.default_rng(0)
        controls = self.controls_spec
        ends = [{key: control.snap(end)} for key, control in controls.items() for end in (-math.inf, math.inf)]
        random = [{key: control.sample(rng) for key, control in controls.items()} for _ in range(24)]
        outside = None
        for setting in ({}, *ends, *random):
            if outside == set() and setting in random:
                return
            try:
                figure = self.figure(**setting)
            except (ValueError, ArithmeticError) as error:
                raise ValueError(f"{self.name} fails at {setting or 'its default'}: {error}") from error
            unseen = set(figure.outside())
            outside = unseen if outside is None else outside & unseen
        if outside:
            raise ValueError(
                f"{min(outside)!r} never enters the limits x {figure.x.span[0]:g}..{figure.x.span[1]:g}, "
                f"y {figure.y.span[0]:g}..{figure.y.span[1]:g} at the default, the ends or 24 random settings; "
                "widen them."
            )

    def _check_moves(self) -> None:
        """See that a mark which stands for a slider is moved by it."""
        for i, mark in enumerate(self.figure().marks):
            key = getattr(mark, "moves", "")
            if not key:
                continue
            control = self.controls_spec.get(key)
            if not isinstance(control, Slider):
                sliders = [name for name, held in self.controls_spec.items() if isinstance(held, Slider)]
                raise ValueError(f"{mark.name()}: moves={key!r} is not a slider; the sliders are {', '.join(sliders)}.")
            ends = (self.figure(**{key: end}).marks[i] for end in (control.low, control.high))
            low, high = ([getattr(end, axis) for axis in ("x", "y") if getattr(end, axis) is not None] for end in ends)
            if all(np.array_equal(a, b, equal_nan=True) for a, b in zip(low, high, strict=True)):
                raise ValueError(f"{mark.name()}: moves={key!r}, but it stands still between the ends of that slider.")

    # --- the page's form ----------------------------------------------------------------------------------------

    def _compiled(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Compile with as many own options as the function can be traced with."""
        whole = self.controls_spec
        bring = {key: control for key, control in whole.items() if isinstance(control, Choice) and control.own}
        if self.precompute:
            self.without_own |= dict.fromkeys(bring, "a tabulated figure knows no option that is not in its table.")
        for count in range(0 if self.precompute else len(bring), 0, -1):
            for offered in itertools.combinations(bring, count):
                self.controls_spec = whole | {key: control.without_own() for key, control in bring.items()
                                              if key not in offered}
                try:
                    made = self._compile()
                    self.figure(**{key: OWN + own.example for key in offered if (own := bring[key].own)})
                    self.without_own = {key: why for key, why in self.without_own.items() if key not in offered}
                    return made
                except Exception as error:  # whatever it is, the figure stands without
                    reason = str(error).removesuffix(_ADVICE) or f"{type(error).__name__} without a word"
                    self.without_own |= dict.fromkeys(offered, reason)
        self.controls_spec = whole | {key: control.without_own() for key, control in bring.items()}
        return self._compile()

    def _compile(self) -> tuple[dict[str, Any], dict[str, Any]]:
        graph = Graph()
        figure = tabulated(self, graph) if self.precompute else self._traced(graph)
        places: dict[tuple[str, str], int] = {}
        outputs: list[Traced] = []
        for key, field, value in figure.moving():
            places[key, field] = len(outputs)
            outputs.append(value._position if type(value) is Options else graph.lift(value))
        for name, value in figure.data.items():
            places["data", name] = len(outputs)
            outputs.append(graph.lift(value))
        program, numbers = compile_program(graph, outputs)
        dead = [key for key in self.controls_spec if key not in program["inputs"]]
        if dead:
            raise ValueError(f"control {dead[0]!r} moves nothing in the figure; use it or leave it out.")
        if self.precompute and (size := len(json.dumps(program))) > TABLE_BYTES:
            raise ValueError(f"the table takes {size:,} bytes of the page; {TABLE_BYTES:,} are accepted. Use fewer "
                             "stops or fewer points.")
        return program, page.figure_spec(figure, {place: numbers[i] for place, i in places.items()})

    def _traced(self, graph: Graph) -> Figure:
        """Run the function once, on values that record what is done to them."""
        arguments = {key: control.traced(graph, key) for key, control in self.controls_spec.items()}
        try:
            with np.errstate(all="ignore"):
                return self._checked(self.function(**arguments))
        except TraceError as error:
            raise type(error)(f"{error}{_ADVICE}") from error

    def html(self, ident: str | None = None) -> str:
        """Return the page's form: a self-contained `<figure>` that `kernelless.js` brings to life."""
        return page.explorer_html(self, ident or f"explorer-{self.name}")

    def to_html(self, *, full: bool = True) -> str:
        """Return HTML that works anywhere, with the style and the script inside.

        Parameters
        ----------
        full : bool
            A whole document; else a fragment to paste into a page, which may hold several. [True]
        """
        return page.standalone(self, title=self.title) if full else page.fragment(self)

    def __repr__(self) -> str:
        settings = ", ".join(f"{_within(control.label)} {control.show(self.values[key])}"
                             for key, control in self.controls_spec.items())
        figure = self.figure(**self.values)
        lines = [f"{self.title} ({settings})"]
        lines += [f"  {label}: {words}" for label, words in page.readout_texts(figure).items()]
        lines += [f"  {state.sign()} {state.holds if bool(state.ok) else state.fails}" for state in figure.states]
        lines += [f"  {words}" for words in (figure.unseen(),) if words]
        return "\n".join(lines)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        _shown[self.name] += 1
        ident = f"explorer-{self.name}" + ("" if _shown[self.name] == 1 else f"-{_shown[self.name]}")
        bundle = {"text/plain": repr(self), "text/html": self.html(ident)}
        view = self.widget._repr_mimebundle_() if _in_kernel() else None
        if view:
            bundle["application/vnd.jupyter.widget-view+json"] = view["application/vnd.jupyter.widget-view+json"]
        return bundle

    # --- Jupyter's form -----------------------------------------------------------------------------------------

    @property
    def widget(self) -> Any:
        """The ipywidgets form: controls above a figure that matplotlib redraws."""
        return self._made_widget().box

    def _made_widget(self) -> ExplorerWidget:
        if self._widget is None:
            from .widget import ExplorerWidget

            self._widget = ExplorerWidget(self)
        return self._widget

    @property
    def controls(self) -> dict[str, Any]:
        """The ipywidgets controls by parameter: ``explorer.controls["batch"].value = 64``."""
        return self._made_widget().controls

    @property
    def values(self) -> dict[str, Any]:
        """The present settings: those of the widgets if there are any, else the defaults."""
        return self._widget.values() if self._widget else dict(self.defaults)


def _within(label: str) -> str:
    """Return a label as it stands within a sentence: "Users" is "users" there, and "GPU hours" stays."""
    first = label.split(maxsplit=1)[0]
    return label[:1].lower() + label[1:] if len(first) == 1 or first[1:].islower() else label


def _in_kernel() -> bool:
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None
