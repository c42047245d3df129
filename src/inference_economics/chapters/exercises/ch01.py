"""Chapter 1, the inversion: training against serving."""

from __future__ import annotations

from ... import catalog, models, training
from ...hardware import accelerators
from ...quantities.units import text
from ...training import scaling, spend
from .exercise import Exercise, known

_405B, _70B, _GPT3 = (models.get(name) for name in ("llama-3.1-405b", "llama-3.1-70b", "gpt3-175b"))
_H100 = accelerators.get("h100-sxm")
_405B_HOURS = known(_405B.training_hours)
_H100_BF16 = known(_H100.bf16_flop_per_s)
_70B_HOURS = known(_70B.training_hours)
_day = dict(catalog.published("deepseek-day").rows)
_day_tok = _day["input tokens"] + _day["output tokens"]
_token_usd = _day["daily cost, USD"] / _day_tok
_run_usd = catalog.published("deepseek-v3-cost").records(stage="total")[0]["usd"]
_crossover = spend.crossover_days(_run_usd, _day_tok, _token_usd)
_405b_mfu = training.training_mfu(training.training_flop(_405B.n_params, _405B.training_tok), _405B_HOURS,
                                  _H100_BF16)
_window = [spend.tokens_per_day_for_share(share, 3, 1e8, 1e-6) for share in (0.6, 0.8)]
_openai = catalog.spend_shares()["openai-2024"].value
_final = catalog.published("final-run-share").records(company="OpenAI")[0]["share"]
_openai_final = spend.Spend((1 - _openai) * _final, _openai).serving_share
_plan = scaling.inference_aware_optimum(scaling.compute_optimal_loss(30e9, "sardana"), 1e13, "sardana")

_gpt3_flop = training.training_flop(_GPT3.n_params, _GPT3.training_tok)
_gpt3_days = _gpt3_flop / (1e15 * 86_400)
_70b_flop = training.training_flop(_70B.n_params, _70B.training_tok)
_hours = training.training_gpu_hours(_70b_flop, _H100_BF16, 0.4)
_small = {"horizon_years": 3, "training_usd": 4e7, "tokens_per_day": 5e10, "cost_usd_per_token": 3e-7}
_share = spend.serving_share(**_small, retrain_every_years=1)
_one_year = spend.Spend(3 * 4e7, spend.cumulative_serving_usd(1, 5e10, 3e-7)).serving_share
_growing = {"growth_per_year": 2.0, "price_decline_per_year": 0.5}
_grown_days = spend.crossover_days(1e8, 1e11, 4e-7, **_growing)
_flat_days = spend.crossover_days(1e8, 1e11, 4e-7)
_no_decline = spend.crossover_days(1e8, 1e11, 4e-7, growth_per_year=2.0)

EXERCISES = (
    Exercise(
        id="inv-q1",
        level="guess",
        question=f"DeepSeek puts the final training of V3 at {text(_run_usd, 'USD')}. In the 24 hours to noon of 28 February 2025 "
                 f"it read and wrote {text(_day_tok, 'tokens')} on {text(_day['daily cost, USD'], 'USD')} worth of rented GPUs. If "
                 "every day were like that one, after how many days would serving have cost as much as the training?",
        answer=_crossover,
        unit="days",
        solution=f"{text(_run_usd, 'USD')} / {text(_day['daily cost, USD'], 'USD')} a day = {text(_crossover, 'days')}.",
    ),
    Exercise(
        id="inv-q2",
        level="guess",
        question=f"{_405B.title} read {text(_405B.training_tok, 'tokens')} and took {text(_405B_HOURS, 'H100-hours')}. "
                 f"One H100 can do {text(_H100_BF16, 'FLOP/s')}. What share of that peak does 6ND account for?",
        answer=_405b_mfu,
        unit="%",
        solution=f"\\( 6 N D \\) is {text(training.training_flop(_405B.n_params, _405B.training_tok))} FLOP. The hours at peak "
                 f"would have done {text(_405B_HOURS * 3600 * _H100_BF16)}. The share is "
                 f"{text(_405b_mfu, '%')}.",
    ),
    Exercise(
        id="inv-q3",
        level="guess",
        question="Serving takes 60% of a service's lifetime spend. By what factor must its demand grow, with all else equal, "
                 "until serving takes 80%?",
        answer=_window[1] / _window[0],
        unit="×",
        solution=f"At 60% serving costs 1.5 times training; at 80%, 4 times. The factor is {text(_window[1] / _window[0], '×')}.",
    ),
    Exercise(
        id="inv-q4",
        level="guess",
        question="You want the quality of a 30-billion-parameter model that was trained in the compute-optimal way, and you will "
                 "serve 10 trillion tokens. How many parameters should your model have, if training and serving FLOPs count "
                 "alike?",
        answer=_plan.n_params,
        unit="parameters",
        solution=f"{text(_plan.n_params, 'parameters')}, trained on {text(_plan.training_tok, 'tokens')}: less than half the size, "
                 "and nearly three times the data.",
    ),
    Exercise(
        id="inv-1",
        level="warm-up",
        question=f"{_GPT3.title} has {text(_GPT3.n_params, digits=4)} parameters and was trained on "
                 f"{text(_GPT3.training_tok, 'tokens')}. How much arithmetic is that by 6ND, in petaflop/s-days: days of a machine "
                 "that does \\( 10^{15} \\) operations a second?",
        answer=_gpt3_days,
        unit="petaflop/s-days",
        wrong=((_gpt3_days / 3, "That is the forward pass alone, 2 per parameter and token. Backward takes twice as much again."),
               (_gpt3_days / 6, "You left out the 6."),
               (_gpt3_days * 2 / 3, "That is the backward pass alone."),
               (_gpt3_days * 24, "Those are petaflop/s-hours."),
               (_gpt3_days * 86_400, "Those are petaflop/s-seconds.")),
        tolerance=0.01,
        solution=f"\\( 6 \\times {_GPT3.n_params / 1e9:.1f} \\times 10^9 \\times {_GPT3.training_tok / 1e9:.0f} \\times 10^9 \\) = "
                 f"{text(_gpt3_flop)} FLOP, over \\( 10^{{15}} \\times 86{{,}}400 \\): {text(_gpt3_days, 'petaflop/s-days')}. The "
                 "paper prints 3,640.",
    ),
    Exercise(
        id="inv-2",
        question=f"You train a model of the shape of {_70B.title} ({text(_70B.n_params)} parameters) on "
                 f"{text(_70B.training_tok, 'tokens')}, at 40% of the dense bf16 peak of an H100, "
                 f"{text(_H100_BF16, 'FLOP/s')}. How many H100-hours does 6ND ask for?",
        answer=_hours,
        unit="hours",
        wrong=((_hours / 2, "That is with the sparse peak of the data sheet, which is twice the dense one."),
               (_hours * 0.4, "That is at 100% of the peak."),
               (_hours * 0.16, "You multiplied by the utilisation. A lower share of the peak takes more hours."),
               (_hours / 3, "That is the forward pass alone: training takes 6 per parameter and token, not 2.")),
        solution=f"{text(_70b_flop)} FLOP / (0.4 × {text(_H100_BF16, 'FLOP/s')} × 3600 s) = {text(_hours, 'hours')}. The "
                 f"model card reports {text(_70B_HOURS, 'hours')}.",
    ),
    Exercise(
        id="inv-3",
        question="A company trains a model for $40M and trains its successor every year at the same price: three runs in three "
                 "years. It serves 50 billion tokens a day at $0.30 per million. What share of three years' spend is serving?",
        answer=_share,
        unit="%",
        wrong=((spend.serving_share(**_small), "You counted one run. There are three in three years."),
               (1 - _share, "That is the share of training."),
               (_one_year, "That sets one year of serving against three runs.")),
        solution=f"Serving: $15,000 a day, {text(5e10 * 3e-7 * 365 * 3, 'USD')} in three years. Training: $120M. The share is "
                 f"{text(_share, '%')}. At this size the company never reaches the inversion.",
    ),
    Exercise(
        id="inv-4",
        level="harder",
        question="One training programme costs $100M. At launch the service handles 100 billion tokens a day at $0.40 per million. "
                 "Demand triples every year, and the cost of a token halves. After how many days has serving cost as much as the "
                 "training?",
        answer=_grown_days,
        unit="days",
        wrong=((_flat_days, "That is at constant demand and cost."),
               (_no_decline, "You left out the falling cost of a token.")),
        solution="Daily spend starts at $40,000 and grows by \\( 3 \\times 0.5 = 1.5 \\) a year, so \\( k = \\ln 1.5 \\). The programme is "
                 f"\\( T = 10^8 / (40{{,}}000 \\times 365) = {1e8 / 4e4 / 365:.2f} \\) years of the first day's spend, and "
                 f"\\( \\ln(1 + kT)/k \\) years are {text(_grown_days, 'days')}. Growth in tokens is not growth in dollars.",
    ),
    Exercise(
        id="inv-5",
        level="open",
        question="A slide says: “Inference is 80% of AI cost.” Write down the questions that you would ask its author, and what each "
                 "possible answer would do to the number.",
        answer=None,
        unit="",
        solution="Share of what: energy, power, cash, revenue of a vendor, workloads? Whose: a lab that trains, a platform that mostly "
                 "ranks and recommends, a company that only serves open weights (for which it is 100%)? Is training the final run, or "
                 "all research? Over which period, and has it happened or is it a forecast? Are salaries and data in it? Does serving "
                 "include the provider's margin? In this chapter, the definition of training alone moved one company from "
                 f"{text(_openai, '%')} to {text(_openai_final, '%')}.",
    ),
)
