"""The controls of a page's explorer, as HTML: those that matter first, the rest folded into named groups."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from html import escape
from typing import Any

from .controls import Choice, Slider
from .own import OWN
from .play import button

OPEN = 6  # controls that stand open; more than these hide the answer on a phone
MORE = "More settings"
LONG = 24  # characters of an option that a select may cut in a narrow column

Controls = Mapping[str, Slider | Choice]


def _family(control: Slider | Choice) -> str:
    """Return the name of the group that suits a control which names none, by what it measures."""
    if isinstance(control, Choice):
        return "Choices"
    if control.unit.startswith("USD"):
        return "Money"
    return {"%": "Shares and rates", "s": "Times"}.get(control.unit, MORE)


def arranged(controls: Controls) -> tuple[list[str], dict[str, list[str]]]:
    """Return which controls stand open, and which are folded under which name.

    Up to six stand open, whatever groups they name. Of more, the first six that name no group do.
    """
    if len(controls) <= OPEN:
        return [*controls], {}
    loose = [key for key, control in controls.items() if not control.group]
    folded: dict[str, list[str]] = {}
    for key, control in controls.items():
        if control.group:
            folded.setdefault(control.group, []).append(key)
    rest = loose[OPEN:]
    families = [_family(controls[key]) for key in rest]
    for key, family in zip(rest, families, strict=True):
        alone = len(rest) <= OPEN or families.count(family) < 2
        folded.setdefault(MORE if alone else family, []).append(key)
    return loose[:OPEN], folded


def signature(key: str, control: Slider | Choice) -> str:
    """Return what two controls have in common that are set together: parameter, kind, and all that they can hold."""
    held = {name: value for name, value in control.spec().items() if name != "default"}
    return hashlib.sha256(json.dumps([key, held], sort_keys=True).encode()).hexdigest()[:10]


def summary(controls: Controls, values: Mapping[str, Any], keys: list[str]) -> str:
    """Return what a folded group holds, in words; `static/controls.js` writes the same."""
    return " · ".join(f"{controls[key].label} {controls[key].show(values[key])}" for key in keys)


def _button(action: str, words: str, title: str, more: str = "") -> str:
    return (f'<button type="button" data-do="{action}" title="{escape(title)}" aria-label="{escape(title)}"{more}>'
            f"{words}</button>")


def control_html(ident: str, key: str, control: Slider | Choice, value: Any) -> str:
    """Return one control with its name, its value, and the buttons that step and reset it."""
    field = f"{ident}-{key.replace('_', '-')}"
    name = escape(control.label)
    data = f'id="{field}" data-parameter="{key}" autocomplete="off"'
    # What sets it back keeps its room while it is hidden, so that nothing moves when it appears.
    again = _button("again", "↺", f"Reset {control.label}")
    opened = (f'<div class="ex-control" data-control="{key}" data-share="{signature(key, control)}">'
              f'<label for="{field}">{name}</label><button type="button" class="ex-share" hidden>⇄</button>{again}')
    shown = escape(control.show(value))
    note = f'<small class="ex-note">{escape(control.note)}</small>' if control.note else ""
    if isinstance(control, Choice):
        options = "".join(
            f'<option value="{escape(option)}"{" selected" if option == value else ""}>{escape(title)}</option>'
            for option, title in control.titles.items())
        if control.own:  # static/own.js makes an option of what the reader brings
            options += f'<option value="{OWN}">{escape(control.own.title)}…</option>'
        longest = max(control.titles.values(), key=len)
        whole = (f'<span class="ex-whole" aria-hidden="true" data-longest="{escape(longest)}">'
                 f"<span>{shown}</span></span>" if len(longest) > LONG else "")
        return f"{opened}<select {data}>{options}</select>{whole}{note}</div>"
    # The arrow keys step the slider, so the buttons are for pointers and are no stops of the Tab key.
    less, more = (_button(action, sign, f"{words}: {control.label}", ' tabindex="-1"')
                  for action, sign, words in (("less", "−", "Less"), ("more", "+", "More")))
    return (f'{opened}<button type="button" class="ex-value" data-do="type" title="Type a value">'
            f'<output for="{field}" aria-live="off" data-value-of="{key}">{shown}</output></button>'
            f'<span class="ex-track">{button(control, field)}{less}<input type="range" {data} '
            f'aria-valuetext="{shown}">{more}</span>{note}</div>')


def panel(ident: str, controls: Controls, values: Mapping[str, Any]) -> str:
    """Return all controls of an explorer.

    Parameters
    ----------
    ident : str
        The explorer's id.
    controls : mapping of str to Slider or Choice
    values : mapping of str to value
        The defaults.
    """
    first, folded = arranged(controls)

    def several(keys: list[str]) -> str:
        return f'<div class="ex-set">{"".join(control_html(ident, k, controls[k], values[k]) for k in keys)}</div>'

    groups = [
        f'<details class="ex-group"{"" if first or i else " open"}><summary>{escape(name)} '
        f'<span class="ex-held">{escape(summary(controls, values, keys))}</span></summary>'
        f"{several(keys)}</details>"
        for i, (name, keys) in enumerate(folded.items())]
    return "".join([several(first) if first else "", *groups])
