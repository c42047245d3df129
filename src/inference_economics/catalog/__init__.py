"""What is recorded: dated facts in TOML, each row with its source, date and confidence."""

# May import: quantities.

from ..quantities.faces import handing_on
from .deepseek import DeepSeekDay, deepseek_day
from .facts import (
    Fact,
    Table,
    datacentre,
    decision_default,
    everything,
    load_facts,
    load_tables,
    published,
    shipped_facts,
    shipped_tables,
    silicon,
    spend_shares,
)
from .provenance import CONFIDENCE, CONFIDENCE_TABLE, MARKS, Provenance, Recorded, check_date, check_provenance, sourced
from .reading import build, build_all, path, read_tables

__all__ = [
    "CONFIDENCE",
    "CONFIDENCE_TABLE",
    "MARKS",
    "DeepSeekDay",
    "Fact",
    "Provenance",
    "Recorded",
    "Table",
    "build",
    "build_all",
    "check_date",
    "check_provenance",
    "datacentre",
    "decision_default",
    "deepseek_day",
    "everything",
    "load_facts",
    "load_tables",
    "path",
    "published",
    "read_tables",
    "shipped_facts",
    "shipped_tables",
    "silicon",
    "sourced",
    "spend_shares",
]

__getattr__, __dir__ = handing_on(__name__)
