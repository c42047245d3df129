"""The same three lines as most notebooks draw them: `interact` and matplotlib, through a live kernel."""

import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatLogSlider, interact

batch = np.geomspace(1, 2048, 200)


@interact(context_tok=FloatLogSlider(8000, min=2.7, max=5.1), mfu=(0.1, 1.0))
def draw(context_tok=8000, mfu=0.5):
    cache = batch * context_tok * 327_680 / 26.8e12
    compute = 2 * batch * 70.6e9 / (7.9e15 * mfu)
    plt.loglog(batch, cache + np.maximum(141e9 / 26.8e12, compute), batch, cache, batch, compute)
    plt.xlim(1, 2048)
    plt.ylim(1e-4, 10)
    plt.show()
