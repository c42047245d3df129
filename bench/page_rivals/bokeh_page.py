"""Write the Bokeh page: a hand-written CustomJS over one data source. Runs in the environment in .bench/."""

import sys
from pathlib import Path

import numpy as np
from bokeh.embed import file_html
from bokeh.layouts import column
from bokeh.models import ColumnDataSource, CustomJS, Slider
from bokeh.plotting import figure
from bokeh.resources import INLINE

UPDATE = """
const d = source.data, T = context.value, u = mfu.value, n = d.batch.length;
const step = new Float64Array(n), cache = new Float64Array(n), compute = new Float64Array(n);
for (let k = 0; k < n; k++) {
  cache[k] = d.batch[k] * T * 327680 / 26.8e12;
  compute[k] = 2 * d.batch[k] * 70.6e9 / (7.9e15 * u);
  step[k] = cache[k] + Math.max(141e9 / 26.8e12, compute[k]);
}
source.data = { batch: d.batch, step, cache, compute };
"""
READY = """
<script>
const wait = setInterval(() => {
  if (!window.Bokeh?.documents[0]?.is_idle) return;
  clearInterval(wait);
  window.ready = true;
}, 50);
</script>
"""

batch = np.geomspace(1, 2048, 200)
source = ColumnDataSource({"batch": batch, "step": batch * 0.001, "cache": batch * 0.001, "compute": batch * 0.001})
plot = figure(width=560, height=300, x_axis_type="log", y_axis_type="log", x_range=(1, 2048), y_range=(1e-4, 10),
              output_backend=sys.argv[2])
for name, color in (("step", "#1f5fa8"), ("cache", "#b8500f"), ("compute", "#2f7d4f")):
    plot.line("batch", name, source=source, color=color)
context = Slider(start=500, end=128_000, value=8000, step=1, title="context", name="context")
mfu = Slider(start=0.1, end=1, value=0.5, step=0.01, title="mfu")
callback = CustomJS(args={"source": source, "context": context, "mfu": mfu}, code=UPDATE)
context.js_on_change("value", callback)
mfu.js_on_change("value", callback)
html = file_html(column(context, mfu, plot), INLINE, "Bokeh")
Path(sys.argv[1]).write_text(html.replace("</body>", READY + "</body>"), encoding="utf-8")
