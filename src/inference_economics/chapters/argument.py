"""The essay's twelve claims as data: where each stands, how it is read, the ruling, its numbers, and what remains.

Chapter 14 prints them in full and the front page at a glance, so that neither types a ruling. Numbers come from
`rulings`, and how each is known from `findings`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Any

from . import rulings
from .exhibits import explorer_address, phrase, rounded, text
from .findings import basis_of

OUTCOMES = ("holds", "holds when", "holds in part", "fails as stated")


@dataclass(frozen=True)
class Evidence:
    """A sentence with numbers of one kind, and how they are known.

    Parameters
    ----------
    words : str
        The sentence, its numbers written out, without its full stop.
    basis : str
        One of `findings.BASES`.
    numbers : tuple of str
        The numbers as they stand in the sentence.
    """

    words: str
    basis: str
    numbers: tuple[str, ...]

    @property
    def tagged(self) -> str:
        """The sentence with its tag."""
        return phrase("{} ({}).", self.words, self.basis)


@dataclass(frozen=True)
class Claim:
    """One claim of the essay and what the book makes of it.

    Parameters
    ----------
    name, title : str
        ``C1``, and a few words.
    place : str
        Where in the essay it stands.
    outcome : str
        One of `OUTCOMES`.
    ruling : str
        Two sentences at most.
    evidence : tuple of Evidence
        The numbers behind it.
    hinge : str
        What the ruling turns on.
    remains : Evidence
        What is left when the assumed part moves to its other end.
    page, figure, figure_title : str
        Chapter's file, the explorer that shows it, and its title.
    settings : dict
        Of the explorer, where the claim tips or fails.
    """

    name: str
    title: str
    place: str
    outcome: str
    ruling: str
    evidence: tuple[Evidence, ...]
    hinge: str
    remains: Evidence
    page: str
    figure: str
    figure_title: str
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def chapter(self) -> int:
        """Number of the chapter that rules."""
        return int(self.page[:2])

    @property
    def address(self) -> str:
        """Address of the explorer that shows it, from a page in the chapters' folder."""
        return explorer_address(self.page, self.figure, **self.settings)


def _short(value: Any, unit: str = "", digits: int = 3) -> str:
    """Return a number with its unit, whole numbers as well in so many digits."""
    return text(rounded(value, digits), unit, digits)


def _teller(record: Any) -> Callable[..., Evidence]:
    """Return what makes a sentence of fields of a record: ``tell("{} passed", ("days", "days", 2))``."""
    basis = basis_of(record)

    def tell(words: str, *fields: tuple[str, ...] | tuple[str, str, int]) -> Evidence:
        kinds = {basis[str(name)] for name, *_ in fields}
        if len(kinds) != 1:
            raise ValueError(f"{words!r} mixes numbers that are {' and '.join(sorted(kinds))}; make two sentences.")
        numbers = tuple(_short(getattr(record, str(name)), *how) for name, *how in fields)
        return Evidence(phrase(words.removesuffix("."), *numbers), kinds.pop(), numbers)

    return tell


OPENING, SHIFT = "the opening", "“The Shift from Training to Serving”"
SILICON = "“Custom Silicon and Vertical Integration”"
HACKS, CONTROL = "“Architectural Hacks for Local Efficiency”", "“Regaining Capital Control”"


@cache
def claims() -> tuple[Claim, ...]:
    """Return the twelve claims with their rulings, in the essay's order of argument.

    Returns
    -------
    tuple of Claim
    """
    spent, world, moves = (_teller(made()) for made in (
        rulings.training_against_serving, rulings.global_scale, rulings.api_moves))
    chip, stack, whole = (_teller(made()) for made in (rulings.own_chip, rulings.full_stack, rulings.integration))
    memory, heads, block = (_teller(made()) for made in (rulings.memory, rulings.shared_heads, rulings.block))
    apart, saved = _teller(rulings.independence()), _teller(rulings.efficiency())
    premium = rulings.global_scale()
    return (
        Claim(
            "C1", "Training is paid once, serving for ever", OPENING, "holds in part",
            "That serving recurs, and can break a business, holds. That training is a one-time expense fails.",
            (spent("On DeepSeek's published day, serving costs as much as the final run did after {}.",
                   ("days", "days", 2)),
             spent("Final runs were {} to {} of what three companies spent on training and research.",
                   ("run_low", "%", 2), ("run_high", "%", 2))),
            "what counts as training",
            spent("With all research counted the day moves to {}, if nothing more is trained meanwhile; in "
                  "OpenAI's 2024 serving stayed below training all year.", ("days_of_all", "days", 2)),
            "01_the_inversion", "spend-over-time", "Spend over time, and the day of the inversion",
            {"tokens_per_day": 1e9}),
        Claim(
            "C2", "Serving is 60% to 80% of the spend", SHIFT, "fails as stated",
            "No published share of cash reaches the range. It holds where only final runs count as training, and "
            "for energy and power before language models.",
            (spent("Serving took {} to {} of the cash that OpenAI and Anthropic spent on compute.",
                   ("cash_low", "%", 2), ("cash_high", "%", 2)),
             spent("Against final runs alone it was {} at OpenAI in 2024.", ("final_only", "%", 2))),
            "what it is a share of",
            spent("The range from 60% to 80% is a factor of {} in demand, which takes a year and a half for a company "
                  "that doubles every year.", ("window", "", 2)),
            "01_the_inversion", "serving-share-of-spend", "Serving's share of everything spent",
            {"final_run_fraction": 0.226}),
        Claim(
            "C3", "Renting or a premium API cannot scale", SHIFT, "holds in part",
            "Rented chips scale, so the impossibility fails for them. It holds for a premium API when a prompt "
            "earns less than it costs there.",
            (world("A thousand prompts cost {} to {} on rented chips.", ("rented_usd", "USD", 2), ("held_usd",
                   "USD", 2)),
             world(f"At {premium.premium}, by its list price of {premium.premium_date}, they cost {{}}.",
                   ("premium_usd", "USD"))),
            "what a prompt earns",
            world("At a hyperscaler's list rent, held day and night, the rented prompts cost {}, still a "
                  "fraction of the premium price.", ("dear_usd", "USD", 2)),
            "09_api_rent_or_own", "api-rent-or-own", "API, rent or own, against demand",
            {"prompts_per_day": 1_000_000_000}),
        Claim(
            "C4", "API prices take the margin away", OPENING, "holds when",
            "It holds when the margin is thin, the fee is flat, or every new version is taken at once. “Overnight” "
            "fails for a model that is already in use.",
            (moves("One and the same model's price changed once in {}.", ("years_per_change", "model-years", 2)),
             moves("A rise to {} takes the whole of a margin that was thin to begin with.", ("thin_limit", "×"))),
            "the margin that you start from",
            moves("A product that keeps most of what it earns loses everything only at {}, above every recorded rise "
                  "of a listed model.",
                  ("thick_limit", "×", 2)),
            "12_exposure", "margin-after-a-change", "Margin after a change",
            {"margin": 0.25, "exposed_fraction": 0.95, "shock_factor": 2}),
        Claim(
            "C5", "A platform needs a chip of its own", SILICON, "holds when",
            "It holds when the work is large, steady and of the kind that the chip was made for. For prompts "
            "nobody has shown it, and “solely” describes no platform.",
            (chip("Meta's chip saved {} of the cost of ownership, on recommendation.", ("saving", "%")),
             chip("With that saving on prompts, half of the draws pay from {} of them a day.",
                  ("prompts_median", "", 2))),
            "the saving on language models, which nobody has published",
            chip("It pays from {} prompts a day with a small software team, and from {} with a large one.",
                 ("prompts_low", "", 2), ("prompts_high", "", 2)),
            "10_custom_silicon", "volume-that-pays", "The volume that pays for a chip",
            {"prompts_per_day": 1e9, "success": 0.5}),
        Claim(
            "C6", "The whole stack is rewritten", SILICON, "holds",
            "Libraries and GPU kernels are rewritten for each chip, and it shows; Linux kernels are too, though not "
            "for bandwidth. As an advantage it holds for a large fleet, and for what stays unpublished.",
            (stack("One attention kernel went from {} to {} of the same chip's peak, though not at one setting.",
                   ("before", "%", 2), ("after", "%", 2)),
             stack("A team of twenty that gains a tenth pays from {} GPUs.", ("pays", "", 2))),
            "the gain, and how much of the stack stays public",
            stack("With a third of that gain the team pays from {} GPUs.", ("pays_small", "", 2)),
            "11_the_whole_stack", "worth-of-a-gain", "What a gain in throughput is worth", {"fleet": 64}),
        Claim(
            "C7", "Integration is a barrier", SILICON, "holds in part",
            "The fraction of the price holds, and “insurmountable” fails. The barrier is the smaller part of it, the "
            "chip; most of it comes from owning machines, which capital can copy.",
            (whole("An own design would cost {} of what the same hour rents for.", ("own_over_cloud", "%", 2)),
             whole("Owning saves {}, which is the margin that we set for the cloud.", ("saved_by_owning", "%"))),
            "two margins: the cloud's and the design partner's",
            whole("If the design's partner earns its company's average margin, an hour costs {} more than on "
                  "bought chips.",
                  ("dearer_with_partner", "%", 2)),
            "10_custom_silicon", "margins-of-an-hour", "Who earns on a chip-hour", {"fleet": 500}),
        Claim(
            "C8", "The KV cache wastes memory", HACKS, "holds when",
            "It holds when conversations are many or long, with shared heads later than without. For one that is "
            "short the weights are what to save.",
            (memory("Sixteen users of Llama-2 13B outweigh the model at {} each.", ("equal_tok", "tokens", 2)),),
            "users times context",
            memory("For one user of a grouped 70B at short context the cache is {} of the weights.", ("short", "%",
                   1)),
            "03_the_kv_cache", "cache-against-context", "Cache against context",
            {"model": "llama-2-13b", "n_chips": 1}),
        Claim(
            "C9", "Shared heads bring large models home", HACKS, "holds when",
            "It holds when many users or long contexts share a server. It fails as the reason why a large model "
            "fits at all: weights and their precision decide that.",
            (heads("Eight H100 hold {} users of 32,768 tokens where unshared heads hold {}.", ("users", ""),
                   ("users_unshared", "")),),
            "users at once",
            heads("The weights are {} with sharing and {} without, so that for one user little changes.",
                  ("weights_bytes", "B", 2), ("weights_unshared_bytes", "B", 2)),
            "08_running_it_yourself", "what-fits-in-the-box", "What fits in the box", {"users": 1}),
        Claim(
            "C10", "SwiGLU, RoPE and shared heads set developers free", HACKS, "holds in part",
            "That developers can now deploy such models holds. That SwiGLU brings stability is not shown, and a "
            "longer context is paid for by whoever serves it.",
            (block("{} of the {} models in the catalogue have a gated feed-forward part.", ("gated", ""),
                   ("models", "")),
             block("A request with sixteen times the context costs {} as much, with eight readers.",
                   ("dearer", "×", 2))),
            "whether the weights are published and a server can be had",
            block("With a single reader in place of eight the factor is {}, and a long context is still not free.",
                  ("dearer_alone", "×", 2)),
            "05_inside_the_block", "price-of-context", "What a longer context costs",
            {"prompt_tok": 1_048_576, "users": 8}),
        Claim(
            "C11", "Independence or nothing", CONTROL, "fails as stated",
            "Predictable margins are possible on an API and not given by machines of one's own. Privacy holds "
            "where no third party is allowed; longevity has no record to rule on.",
            (apart("Keeping data from every API costs a start-up {} its cheapest way.", ("small", "×", 2)),
             apart("Portability cuts the rise that a supplier can take from {} to {}.", ("rise", "%", 2),
                   ("easy_rise", "%", 2))),
            "the people who run the machines, and the cost of switching",
            apart("With the people free, keeping data in costs the start-up {}; an enterprise's own machines are "
                  "cheaper than its API in any case.", ("small_without_team", "×", 2)),
            "12_exposure", "when-leaving-pays", "When leaving pays",
            {"engineer_months": 60, "requalification_usd": 500_000, "overlap_months": 6}),
        Claim(
            "C12", "Efficiency before capability", CONTROL, "holds when",
            "It holds when you run the model yourself at scale. As a rule for everyone it fails: the largest "
            "saving is often a smaller model that is good enough.",
            (saved("Twice the work per chip saves a platform {} of its bill.", ("platform", "%", 2)),
             saved("An 8B model in place of a 70B makes the same bill smaller by {}.", ("smaller_model", "×", 2))),
            "demand, and whether a smaller model will do",
            saved("Between the dearest and the cheapest API on the list lie {}, by price.",
                  ("apis", "×", 2)),
            "13_your_decision", "where-the-ways-cross", "Where the ways cross", {"users": 100}),
    )


COLUMNS = ("claim", "ruling", "the numbers behind it, and how each is known", "what it hinges on, and what remains")


def rows() -> list[tuple[str | tuple[str, str], ...]]:
    """Return chapter 14's table: every claim with its ruling, its numbers, its hinge and what remains.

    Returns
    -------
    list of tuple
        Cells for `exhibits.Table`, under `COLUMNS`; the claim leads to the explorer that shows it.
    """
    return [((f"{one.name}. {one.title}", one.address), one.ruling,
             phrase(" ".join("{}" for _ in one.evidence), *(each.tagged for each in one.evidence)),
             phrase("It hinges on {}. {}", one.hinge, one.remains.tagged)) for one in claims()]


class Glance:
    """The front page's rulings: how many claims end how, and of each its outcome and the ruling in words.

    Parameters
    ----------
    folder : str
        Where the chapters lie, seen from the page, with its stroke.
    """

    def __init__(self, folder: str = ""):
        self.claims, self.folder = claims(), folder

    def address(self, one: Claim) -> str:
        """Return where the ruling on a claim stands, seen from the page.

        Parameters
        ----------
        one : Claim

        Returns
        -------
        str
        """
        return f"{self.folder}{one.page}.html#the-ruling-on-{one.name.lower()}"

    @staticmethod
    def shown(outcome: str) -> str:
        """Return an outcome as it stands by itself; a condition is still to come where it ends in "when".

        Parameters
        ----------
        outcome : str
            One of `OUTCOMES`.

        Returns
        -------
        str
        """
        return outcome[0].upper() + outcome[1:] + ("…" if outcome.endswith("when") else "")

    def tally(self) -> dict[str, list[Claim]]:
        """Return the claims by their outcome, in the order of `OUTCOMES`.

        Returns
        -------
        dict
        """
        return {outcome: [one for one in self.claims if one.outcome == outcome] for outcome in OUTCOMES}

    def __repr__(self) -> str:
        return "\n".join(f"{one.name}. {one.title}: {one.outcome}. {one.ruling}" for one in self.claims)

    def _repr_html_(self) -> str:
        def link(one: Claim, words: str) -> str:
            return f'<a href="{escape(self.address(one))}">{escape(words)}</a>'

        def marked(outcome: str, tag: str, words: str) -> str:
            return f'<{tag} class="outcome" data-outcome="{OUTCOMES.index(outcome)}">{escape(words)}</{tag}>'

        counts = "".join(
            f'<div>{marked(outcome, "dt", self.shown(outcome))}<dd><strong>{len(named)}</strong> '
            f'{" ".join(link(one, one.name) for one in named)}</dd></div>' for outcome, named in self.tally().items())
        each = "".join(
            f'<li><p class="ruling-claim">{link(one, f"{one.name}. {one.title}")}</p>'
            f'{marked(one.outcome, "p", self.shown(one.outcome))}<p>{escape(one.ruling)}</p></li>'
            for one in self.claims)
        return f'<dl class="tally">{counts}</dl><ul class="rulings">{each}</ul>'
