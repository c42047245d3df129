"""Real hours of requests, shipped with the package.

===========================  ========  ========================================================================
name                         requests  source and licence
===========================  ========  ========================================================================
``azure-2023-code``             8,819  a coding service; Azure LLM inference trace 2023 (Patel et al., *Splitwise*,
                                       ISCA 2024), Azure/AzurePublicDataset@b469a11, CC-BY
``azure-2023-conversation``    19,366  a conversation service; the same
``mooncake-conversation``      12,031  with the blocks of 512 tokens that prompts share; Qin et al., *Mooncake*,
                                       FAST 2025, kvcache-ai/Mooncake@3b5a594, Apache-2.0
===========================  ========  ========================================================================

Times count from the first request. The files are the originals' columns under this package's names, compressed.
"""

from __future__ import annotations

import csv
import lzma
from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from os import PathLike

import numpy as np

from ...quantities.checks import file_path, lookup
from .requests import Requests

TRACES = {
    "azure-2023-code": "azure_2023_code.csv.xz",
    "azure-2023-conversation": "azure_2023_conv.csv.xz",
    "mooncake-conversation": "mooncake_conversation.csv.xz",
}
COLUMNS = ("arrival_s", "prompt_tok", "output_tok")
PREFIXES = "prefix_blocks"


def trace(name: str) -> Requests:
    """Return a shipped trace.

    Parameters
    ----------
    name : str
        A key of `TRACES`.

    Returns
    -------
    Requests
        With `prefix_blocks` where the trace has them.
    """
    return _shipped(lookup("trace", name, TRACES))


@cache
def _shipped(file: str) -> Requests:
    with as_file(files(__package__) / "data" / file) as path:
        return read(path)


def read(path: str | PathLike[str]) -> Requests:
    """Read a trace from a file.

    Parameters
    ----------
    path : str or path
        A CSV with the columns ``arrival_s, prompt_tok, output_tok`` and perhaps ``prefix_blocks`` (names of the
        prompt's blocks of 512 tokens, separated by spaces), plain or compressed with xz.

    Returns
    -------
    Requests
    """
    path = file_path(path)
    try:
        # a spreadsheet may begin with a mark of its encoding, and end with empty lines
        with (lzma.open if str(path).endswith(".xz") else open)(path, "rt", newline="", encoding="utf-8-sig") as file:
            rows = list(csv.reader(file))
    except (lzma.LZMAError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} cannot be read ({error}); give a CSV in UTF-8: plain, or compressed with xz and "
                         "named .xz.") from None
    while rows and not rows[-1]:
        rows.pop()
    if not rows or tuple(rows[0]) not in (COLUMNS, (*COLUMNS, PREFIXES)):
        raise ValueError(f"{path} starts with {rows[0] if rows else 'nothing'}; a trace has the columns "
                         f"{', '.join(COLUMNS)} and perhaps {PREFIXES}.")
    header, *body = rows
    for number, row in enumerate(body, 2):
        if len(row) != len(header):
            raise ValueError(f"{path}, line {number}: {len(row)} fields where the first line has {len(header)}.")
    columns = list(zip(*body, strict=True)) or [()] * len(header)
    arrival_s, prompt_tok, output_tok = (_numbers(path, title, text)
                                         for title, text in zip(COLUMNS, columns, strict=False))
    try:
        prefixes = tuple(tuple(map(int, text.split())) for text in columns[3]) if len(header) > 3 else None
    except ValueError as error:
        raise ValueError(f"{path}: {PREFIXES} holds a name that is not a whole number ({error}).") from None
    return Requests(arrival_s, prompt_tok, output_tok, prefix_blocks=prefixes)


def _numbers(path: str | PathLike[str], title: str, text: Sequence[str]) -> np.ndarray:
    try:
        return np.array(text, dtype=float)
    except ValueError:
        bad = next(number for number, value in enumerate(text, 2) if not _is_number(value))
        raise ValueError(f"{path}, line {bad}: {title}={text[bad - 2]!r} is not a number.") from None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
