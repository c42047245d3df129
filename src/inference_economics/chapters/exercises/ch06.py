"""Chapter 6, batching, latency and utilisation."""

from __future__ import annotations

from ... import catalog, models, serving
from ...buying import market
from ...catalog import prices
from ...hardware import accelerators
from ...quantities.units import text
from .exercise import Exercise

_70B, _H100 = models.get("llama-3.1-70b"), accelerators.get("h100-sxm")
_PRICE = prices.rental_usd_per_hour("h100-sxm")
_DAY = catalog.deepseek_day()


def _at(batch):
    return serving.Deployment(_70B, _H100, 4).serve(serving.Load(batch, 2048, 512))


_one, _many = _at(1), _at(64)
_gain = _many.output_tok_per_s / _one.output_tok_per_s
_places = serving.servers_for(240, 0.05)
_busy = 120 / _places
_small = serving.provision(10, 1, 128)
_load = 300_000 / 86_400 * 12
_rate = 2000.0
_usd = 1e6 * serving.usd_per_output_token(_PRICE, 4, _rate, 0.3)
_full = 1e6 * serving.usd_per_output_token(_PRICE, 4, _rate)
_revenue, _cost = _DAY.revenue_usd / 3, _DAY.usd
_margin = market.gross_margin(_revenue, _cost)
_steep = serving.servers_for(600, 0.01)

EXERCISES = (
    Exercise(
        id="lat-q1",
        level="guess",
        question="How many times as many output tokens per second do the four H100 produce with 64 requests as with one?",
        answer=_gain,
        unit="×",
        solution=f"One request gets {text(1 / _one.tpot_s)} tokens per second. With 64, each gets {text(1 / _many.tpot_s)}, and "
                 f"together they get {text(_many.output_tok_per_s)}. The weights are read once for all; caches, prompts and "
                 "bookkeeping are not, and so it is less than 64.",
    ),
    Exercise(
        id="lat-q2",
        level="guess",
        question="A service has 120 requests in progress on average and twice as many in its busiest hour, in which at most a "
                 "twentieth may wait for a place. Places can be bought one at a time, and the fleet stays the same all day. What share "
                 "of its places is busy, averaged over the day?",
        answer=_busy,
        unit="%",
        solution=f"The peak needs 240 places, and {_places - 240:.0f} more so that few wait: \\( 120 / {_places:.0f} \\) = "
                 f"{text(_busy, '%')}. The shape of the day takes half; chance takes a few points more.",
    ),
    Exercise(
        id="lat-q3",
        level="guess",
        question="A small service has 10 requests in progress on average, with the same peak and the same promise, on a replica of 128 "
                 "places. What share of its places is busy, averaged over the day?",
        answer=_small.utilisation,
        unit="%",
        solution=f"The peak needs {serving.servers_for(20, 0.05):.0f} places, and one replica has 128: "
                 f"\\( 10 / 128 \\) = {text(_small.utilisation, '%')}. A smaller batch would be used better, but read the weights "
                 "for fewer users; nothing is saved.",
    ),
    Exercise(
        id="lat-1",
        level="warm-up",
        question="A service gets 300,000 requests a day, spread evenly. Each is in progress for 12 seconds. How many are in "
                 "progress at once, on average?",
        answer=_load,
        unit="requests",
        wrong=((300_000 / 86_400, "That is how many arrive in a second. Each stays for 12."),
               (300_000 / 24 / 60 * 12, "That is arrivals per minute times 12 seconds: mind the units."),
               (300_000 / 86_400 / 12, "You divided by the stay. The longer each stays, the more are there at once.")),
        solution=f"Little's law: \\( 300{{,}}000 / 86{{,}}400 \\times 12 \\) = {text(_load)}. No assumption about the order of "
                 "arrivals is needed for the mean.",
    ),
    Exercise(
        id="lat-2",
        question=f"Four H100 at {text(_PRICE, 'USD/h')} each produce 2,000 output tokens per second at full load. They are used "
                 "at 30%. What do a million output tokens cost, in dollars?",
        answer=_usd,
        unit="USD",
        per="Mtok",
        wrong=((_full, "That is at full load. Idle hours are paid for too."),
               (_full * 0.3, "You multiplied by the utilisation. Idle time makes tokens dearer, not cheaper."),
               (_usd / 4, "You counted one chip. Four of them make these tokens.")),
        solution=f"\\( 4 \\times {_PRICE:g} / (3600 \\times 2000 \\times 0.3) \\) dollars a token, which is {text(_usd, 'USD')} a "
                 f"million. At full load it would be {text(_full, 'USD')}.",
    ),
    Exercise(
        id="lat-3",
        question="DeepSeek's day would have earned $562,027 at list prices and cost $87,072. Suppose a third of that revenue came "
                 "in, because of discounts and free use. What was the gross margin?",
        answer=_margin,
        unit="%",
        tolerance=0.01,
        wrong=((market.markup(_revenue, _cost), "That is profit over cost. A gross margin is profit over revenue."),
               (market.gross_margin(_revenue * 3, _cost) / 3, "A margin does not scale with revenue: the cost stays as it is."),
               (market.gross_margin(_revenue * 3, _cost), "That is with all of the revenue."),
               (_cost / _revenue, "That is the share that the cost takes. The margin is what is left.")),
        solution=f"\\( 1 - 87{{,}}072 / 187{{,}}342 \\) = {text(_margin, '%')}. The cost of the day does not care what the tokens "
                 "sell for.",
    ),
    Exercise(
        id="lat-4",
        level="harder",
        question="A service has 200 requests in progress on average; its busiest hour has three times as many, and then at most one "
                 "request in a hundred may wait. The fleet stays the same all day. What share of its places is used? (Places can be "
                 "bought one at a time. The \\( \\beta \\) for one in a hundred is "
                 f"{serving.servers_for(1, 0.01) - 1:.2f}; `queueing.servers_for` computes it.)",
        answer=200 / _steep,
        unit="%",
        wrong=((1 / 3, "That has no spare places: in the busiest hour nearly everybody would wait."),
               (200 / serving.servers_for(200, 0.01), "You staffed for the mean. The busiest hour has three times as many."),
               (600 / _steep, "That is the use in the busiest hour. The question asks for the day.")),
        tolerance=0.01,
        solution=f"The peak is 600; {_steep:.0f} places keep the wait rare. \\( 200 / {_steep:.0f} \\) = {text(200 / _steep, '%')}.",
    ),
    Exercise(
        id="lat-5",
        level="open",
        question="Your service is used in office hours only. A colleague proposes to sell the nights to customers whose jobs can wait "
                 "until morning, at half the price. What do those tokens cost you? What must be true for it to pay, and what can go "
                 "wrong?",
        answer=None,
        unit="",
        solution="If the fleet is paid for day and night, an idle hour costs nothing more than its extra electricity, so nearly any "
                 "price pays; and jobs without a latency target run in full batches, at the cheap end of the curve. It fails when the "
                 "fleet could have been returned at night (then the price must cover the rent), when jobs overrun into the morning, "
                 "when the same customers move their daytime work to the cheap hours, or when nobody wants the tokens. DeepSeek uses its "
                 "nights for research; API providers sell batch discounts.",
    ),
)
