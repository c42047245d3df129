"""Fit the constants of the serving model to the shipped measurements again, and rewrite the catalogue file."""

import sys

from inference_economics._fit import main

sys.exit(main())
