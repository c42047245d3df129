"""How a thing works, as figures: each function returns an explorer whose numbers the rooms compute."""

from .attention import reading_the_cache, window_and_sinks
from .batching import batching_timeline, queue_and_percentiles
from .block import gate, turning_hands
from .cutting import layer_cut
from .drafting import accept_and_reject, experts_awake
from .latent import latent_cache
from .machine import bill_of_a_token, marching_over_the_roofline, memory_of_one_gpu
from .pages import pages_of_a_cache
from .prefixes import shared_prefixes
from .sharing import heads_and_groups

__all__ = ["accept_and_reject", "batching_timeline", "bill_of_a_token", "experts_awake", "gate", "heads_and_groups",
           "latent_cache", "layer_cut", "marching_over_the_roofline", "memory_of_one_gpu", "pages_of_a_cache",
           "queue_and_percentiles", "reading_the_cache", "shared_prefixes", "turning_hands", "window_and_sinks"]
