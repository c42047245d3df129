"""What a number may be: units, names and limits, and the mathematics under the formulas."""

# May import: nothing.
