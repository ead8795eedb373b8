"""Ways to break a working network in one hidden place, for a student to find: at least one that fits most labs.

Each kind is a pure function of the network; a real ping decides whether a fault breaks anything
(`nslab_kernel.linux.breaking`).
"""

from . import addresses, firewalls, links, neighbours, parameters, routes  # noqa: F401  (each enters its kinds)
from .choosing import LEVELS as LEVELS
from .choosing import candidates as candidates
from .choosing import how_many as how_many
from .choosing import of_kind as of_kind
from .fault import KINDS as KINDS
from .fault import Fault as Fault
from .fault import Kind as Kind
from .words import hints as hints
from .words import title as title
