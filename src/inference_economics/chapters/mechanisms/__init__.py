"""How a thing works, as figures: each function returns an explorer whose numbers the rooms compute."""

from .attention import reading_the_cache, window_and_sinks
from .batching import batching_timeline, queue_and_percentiles
from .block import gate, turning_hands
from .cash import rent_against_own
from .cutting import layer_cut
from .demand import fleet_follows_a_day
from .drafting import accept_and_reject, experts_awake
from .latent import latent_cache
from .machine import bill_of_a_token, marching_over_the_roofline, memory_of_one_gpu
from .pages import pages_of_a_cache
from .paths import option_tree, price_fan
from .prefixes import shared_prefixes
from .sharing import heads_and_groups
from .wafer import margin_tower, wafer_with_defects

__all__ = ["accept_and_reject", "batching_timeline", "bill_of_a_token", "experts_awake", "fleet_follows_a_day",
           "gate", "heads_and_groups", "latent_cache", "layer_cut", "marching_over_the_roofline", "margin_tower",
           "memory_of_one_gpu", "option_tree", "pages_of_a_cache", "price_fan", "queue_and_percentiles",
           "reading_the_cache", "rent_against_own", "shared_prefixes", "turning_hands", "wafer_with_defects",
           "window_and_sinks"]
