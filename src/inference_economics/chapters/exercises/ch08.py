"""Chapter 8, running it yourself."""

from __future__ import annotations

import numpy as np

from ... import catalog, models
from ...buying import reference, seats
from ...hardware import accelerators
from ...models import head_sharing, kv_cache
from ...quantities.units import text
from ...serving import Deployment, Layout, Load, calibration, setup
from ...serving.memory import budget_bytes
from ..kit import room_of
from .exercise import Exercise, known

_70B, _405B, _8B = (models.get(f"llama-3.1-{size}") for size in ("70b", "405b", "8b"))
_MHA = head_sharing.with_kv_heads(_70B, _70B.q_heads)
_H100, _L40S, _M3 = (accelerators.get(name) for name in ("h100-sxm", "l40s", "m3-ultra"))
_L40S_HBM = known(_L40S.hbm_bytes)
_M3_BANDWIDTH = known(_M3.hbm_bytes_per_s)
_H100_HBM = known(_H100.hbm_bytes)
_PRICE = catalog.datacentre("server-hgx-h100-2025-01").value
_POWER = catalog.datacentre("power-dgx-h100").value


def _users(model, chip, context_tok, bytes_per_value=1):
    return room_of(model, chip, 8, context_tok, "fp8", bytes_per_value).sequences


def _speed(users):
    return 1 / Deployment(_70B, _H100, 8).serve(Load(users, 3000, 1000)).tpot_s


_year = seats.machine_usd_per_year(_PRICE, _POWER)
_post = reference.POST_OF_ONE_MACHINE * reference.pay_usd_per_year()
_seat = seats.seat_usd_per_month(700, 1, _year, _post)
_l40s = _users(_70B, _L40S, 16_384)
_l40s_room = room_of(_70B, _L40S, 8, 16_384, "fp8", 1)
_l40s_weights, _l40s_kept = _l40s_room.weight_bytes, _l40s_room.kept_bytes
_h100_left = budget_bytes(setup(_405B, _H100, "bf16"), calibration.constants(_H100), Layout(8))
_user = kv_cache.of_model(_70B, 16_384, 1, 1)
_l40s_all = kv_cache.capacity_sequences(kv_cache.cache_room_bytes(_L40S_HBM, _l40s_weights, 8, 0), _user)
_floor = _70B.n_params_read / _M3_BANDWIDTH
_at_once = seats.requests_at_once(2000, 30, 20)
_chips = np.ceil(_405B.n_params * 2 / _h100_left)

EXERCISES = (
    Exercise(
        id="own-q1",
        level="guess",
        question=f"A server has eight {_H100.title} with {text(_H100_HBM, 'B')} each. It holds {_70B.title} with weights and "
                 f"cache in eight bits, and fifty users would like 32,768 tokens each. How many such users would fit if every one "
                 f"of the {_70B.q_heads} query heads kept its own keys and values?",
        answer=_users(_MHA, _H100, 32_768),
        unit="users",
        solution=f"The cache of one user would take {text(kv_cache.of_model(_MHA, 32_768, 1, 1), 'B')}, and beside the weights there "
                 f"is room for {_users(_MHA, _H100, 32_768):.0f}. With {_70B.kv_heads} shared heads there is room for "
                 f"{_users(_70B, _H100, 32_768):.0f}.",
    ),
    Exercise(
        id="own-q2",
        level="guess",
        question=f"On that server {_70B.title} in fp8 writes {text(_speed(1), 'tokens')} a second for a single user with 3,000 tokens in "
                 "and 1,000 out. Fifty users come at once. How many tokens a second does each of them get?",
        answer=_speed(50),
        unit="tokens/s",
        solution=f"{text(_speed(50), 'tokens/s')}, not a fiftieth of {text(_speed(1))}: reading the weights is shared. What each user "
                 "adds is a cache to read and a prompt to work through.",
    ),
    Exercise(
        id="own-q3",
        level="guess",
        question=f"A hospital buys that server for {text(_PRICE, 'USD')} (January 2025), uses it for five and a half years at 10% cost "
                 f"of capital, rents a site for it, and gives half a person, {text(_post, 'USD')} a year, to it. Its 700 clinicians share it. "
                 "What does a seat cost in a month?",
        answer=_seat,
        unit="USD",
        per="month",
        solution=f"The machine costs {text(_year, 'USD')} a year, the person {text(_post, 'USD')}; over 700 seats and twelve months "
                 f"that is {text(_seat, 'USD')}.",
    ),
    Exercise(
        id="own-1",
        level="warm-up",
        question=f"Eight {_L40S.title} have {text(_L40S_HBM, 'B')} each. {_70B.title} in eight bits takes "
                 f"{text(_l40s_weights, 'B')}, the cache is in eight bits, and the engine keeps {text(_l40s_kept, 'B')} of all the memory back. How many "
                 "users of 16,384 tokens fit?",
        answer=_l40s,
        unit="users",
        unrounded=_l40s_room.free_bytes / _user,
        tolerance=0.005,
        wrong=((_users(_70B, _L40S, 16_384, 2), "That keeps the cache in sixteen bits. Here it takes one byte a value."),
               (_l40s_all, f"You left out what the engine keeps back: {text(_l40s_kept, 'B')} are not yours to fill."),
               (_users(_MHA, _L40S, 16_384), "That is the count with query heads: keys and values are shared."),
               (np.floor((8 * _L40S_HBM - _l40s_kept) / _user), "You forgot the weights.")),
        solution=f"8 × {text(_L40S_HBM, 'B')} less {text(_l40s_kept, 'B')} and {text(_l40s_weights, 'B')} of weights, over "
                 f"{text(_user, 'B')} a user: {_l40s:.0f}.",
    ),
    Exercise(
        id="own-2",
        question=f"A desktop computer with {_M3.title.split(' (')[0]} reads {text(_M3_BANDWIDTH, 'B/s')} from memory. It holds "
                 f"{_70B.title} in eight bits. At most how many tokens a second can it write for one user with a short context?",
        answer=1 / _floor,
        unit="tokens/s",
        wrong=((2 / _floor, "That is for four bits. Eight bits are one byte a weight."),
               (0.5 / _floor, "That is for sixteen bits. Eight bits are one byte a weight.")),
        solution=f"Each token reads {text(_70B.n_params_read, 'B')}: {text(_floor, 's')} a token, or {text(1 / _floor, 'tokens/s')}. Real "
                 "engines stay below that.",
    ),
    Exercise(
        id="own-3",
        question="Two thousand employees send thirty prompts each in a working day of eight hours. The busiest time has twice the mean, "
                 "and a request stays for 20 seconds. How many requests are there at once at the busiest time?",
        answer=_at_once,
        unit="requests",
        wrong=((_at_once / 2, "That is the mean of the day. The busiest time has twice as many."),
               (_at_once / 3, "That spreads the prompts over twenty-four hours. People work for eight."),
               (2000, "Not every employee waits for an answer at every moment. Use Little's law.")),
        solution=f"Arrivals are 2,000 × 30 / 28,800 s × 2 a second; times 20 s that is {text(_at_once)}. Most of the two thousand are "
                 "reading, typing, or at lunch.",
    ),
    Exercise(
        id="own-4",
        level="harder",
        question=f"{_405B.title} is to run in bf16 on {_H100.title} chips with {text(_H100_HBM, 'B')} each, of which the engine keeps "
                 f"{text(_H100_HBM - _h100_left, 'B')} back. How many chips do the weights alone need?",
        answer=_chips,
        unit="chips",
        unrounded=_405B.n_params * 2 / _h100_left,
        tolerance=0.005,
        wrong=((np.ceil(_405B.n_params * 2 / _H100_HBM), "You left out what the engine keeps back."),
               (np.ceil(_405B.n_params / _h100_left), "That is eight bits. bf16 takes two bytes a weight.")),
        solution=f"{text(_405B.n_params * 2, 'B')} over {text(_h100_left, 'B')} is "
                 f"{text(_405B.n_params * 2 / _h100_left)}, so {_chips:.0f} chips. A server of eight holds "
                 f"{'them' if _chips <= 8 else 'too few'}; shared heads have no part in it.",
    ),
    Exercise(
        id="own-5",
        level="open",
        question="A hospital wants a model on its own premises, for reasons of privacy. It has 300 clinicians, a few of whom ask at any "
                 "one moment, and documents of 20,000 tokens. Which machine of this chapter would you propose, which number decides, and "
                 "what would you measure before buying?",
        answer=None,
        unit="",
        solution="Few requests at once and long prompts: memory for the weights and a dozen caches, and enough arithmetic to read 20,000 "
                 f"tokens in seconds. A server holds {_users(_70B, _L40S, 20_000):.0f} such caches on eight L40S and "
                 f"{_users(_70B, _H100, 20_000):.0f} on eight H100 beside a 70B model in eight bits, so the number of users does not decide; "
                 "the time to the first token does, and the quality of the model on the hospital's own questions. Measure both on rented "
                 "chips for a week before buying. The cost of a seat is high because the machine idles, and privacy is what is being "
                 "bought: chapter 12.",
    ),
)
