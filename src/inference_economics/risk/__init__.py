"""What may change: price paths, the worth of a way out, margins at risk, intervals."""

# May import: quantities, catalog.
