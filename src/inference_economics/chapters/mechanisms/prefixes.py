"""A tree of prompts: what several begin with alike is stored once."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernelless import Axis, Blocks, Choice, Explorer, Figure, Readout, Slider, explore

from ...models import get, kv_cache

DOCUMENTS, USERS = 4, 6  # at most
MODEL, INSTRUCTIONS_TOK = "llama-3.1-70b", 1500.0
PARTS = {"instructions": 0, "document": 2, "question and answer": 1}


def shared_prefixes() -> Explorer:
    """Show a cache of prompts that begin alike, as a tree: instructions for all, a document for some, a question each.

    Numbers are of `kv_cache.shared_prefix_bytes` on both levels, and of `kv_cache.kv_bytes` without sharing.

    Returns
    -------
    Explorer
    """
    document, user = (axis.ravel() for axis in np.divmod(np.arange(DOCUMENTS * USERS), USERS))

    model, nothing = get(MODEL), np.zeros(DOCUMENTS * USERS)

    def figure(shared: Any, documents: Any, users: Any, document_tok: Any, own_tok: Any) -> Figure:
        there = np.where((document < documents) & (user < users), 1.0, np.nan)
        row = document * users + user  # from the top
        of_document, of_all = np.where(shared > 0, users, 1.0), np.where(shared > 0, documents * users, 1.0)
        leads_document = np.where((user == 0) | (shared < 1), there, np.nan)
        leads_all = np.where((row == 0) | (shared < 1), there, np.nan)
        left = np.stack([nothing, nothing + INSTRUCTIONS_TOK, nothing + INSTRUCTIONS_TOK + document_tok])
        width = np.stack([INSTRUCTIONS_TOK, document_tok, own_tok])[:, None] + 0 * left
        height = np.stack([of_all, of_document, 1.0])[:, None] + 0 * left
        first = np.stack([row * leads_all, row * leads_document, row * there])
        count = documents * users
        parts = Blocks(np.ravel(left + width / 2), np.ravel((first + height / 2) / count), "cache",
                       width=np.ravel(width), height=np.ravel(height / count - 0.1 / count), kinds=PARTS,
                       kind=np.repeat(np.arange(3.0), DOCUMENTS * USERS))
        per_token = kv_cache.kv_bytes_per_token(model.kv_values_per_token)
        # the documents share the instructions; each document's users share what precedes their own tokens
        tree = (kv_cache.shared_prefix_bytes(INSTRUCTIONS_TOK, INSTRUCTIONS_TOK + document_tok, documents, per_token)
                + documents * (kv_cache.shared_prefix_bytes(document_tok, document_tok + own_tok, users, per_token)
                               - kv_cache.kv_bytes(document_tok, 1, model.kv_values_per_token)))
        apart = kv_cache.kv_bytes(INSTRUCTIONS_TOK + document_tok + own_tok, count, model.kv_values_per_token)
        stored = np.where(shared > 0, tree, apart)
        return Figure(
            x=Axis("place in the prompt", (0, 7500), "tokens"), y=Axis.blank(0, 1),
            marks=[parts],
            readouts=[
                Readout("Prompts", count), Readout("Stored, for Llama 3.1 70B", stored, "B"),
                Readout("Each by itself", apart, "B"),
                Readout("Saved", 1 - stored / apart, "%"),
            ],
        )

    return explore(
        figure, name="shared-prefixes", title="What begins alike is stored once",
        watch="Switch sharing off: how often are the instructions stored then? Which of the lengths decides what is "
              "saved?",
        alt="Blocks side by side along the prompt: one tall block of instructions, three blocks of documents beside "
            "it, and nine short rows of questions and answers.",
        shared=Choice({"once": 1, "by every prompt": 0}, label="What begins alike is stored"),
        documents=Slider(1, DOCUMENTS, value=3, label="Documents"),
        users=Slider(1, USERS, value=3, label="Questions on each"),
        document_tok=Slider(100, 3000, value=2500, unit="tokens", label="A document", whole=True),
        own_tok=Slider(100, 3000, value=600, unit="tokens", label="Question and answer", whole=True),
    )
