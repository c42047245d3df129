"""A function of specs, called with one of several that a reader will choose."""

from inference_economics.quantities.choices import tabulated
from kernelless.options import Options
from kernelless.trace import Graph


@tabulated
def length(word, more=0):
    """Length of a text: no program holds it."""
    return float(len(word) + more)


def test_a_thing_is_passed_as_it_is():
    assert length("four") == 4
    assert length("four", more=1) == 5


def test_a_choice_becomes_a_table():
    graph = Graph()
    chosen = Options(graph, ["a", "four"], graph.parameter("word"))
    assert length(chosen).__traced__
    assert length(word=chosen, more=2).__traced__
    # all alike: no table is needed
    assert length(Options(graph, ["abcd", "four"], graph.parameter("other"))) == 4
