"""Marks that chapters share: where the reader is, and a level line."""

from __future__ import annotations

from kernelless import HERE, Line, Point

from ...quantities.numeric import Numeric


def you_are_here(x: Numeric, y: Numeric, moves: str = "") -> Point:
    """Mark where the reader's settings lie in the plot.

    Parameters
    ----------
    x, y : number or array
        In the units of the axes. [any]
    moves : str
        The slider that the point stands for: a hand that drags it moves that.
    """
    return Point(x, y, "you are here", color=HERE, moves=moves)


def level(xs: Numeric, value: Numeric, label: str, color: int | None = None) -> Line:
    """Draw a level line: a quantity that the horizontal axis does not move.

    Parameters
    ----------
    xs : array
        Where the plot's other curves are evaluated. [any]
    value : number or array
        The same at each x; may depend on a control. [any]
    label : str
        Its name in the legend.
    color : int, optional
        Place in the palette.

    Returns
    -------
    Line
        Unlike a `Rule` it has a colour and a name in the legend, and the cursor reads it.
    """
    return Line(xs, value + 0 * xs, label, color)
