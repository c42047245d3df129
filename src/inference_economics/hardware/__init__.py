"""What no chip can beat: arithmetic at its peak, memory at its bandwidth, links at theirs."""

# May import: quantities, catalog, models.
