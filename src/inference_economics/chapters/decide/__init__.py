"""The page of the decision: its inputs, the traced decision, and what a reader brings and takes away."""
