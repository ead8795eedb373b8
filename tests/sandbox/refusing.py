"""A machine that permits no user namespace, made without touching the machine's own settings."""

from __future__ import annotations

# A user without privileges in a user namespace that permits no further one: its own limits, nobody else's.
WITHOUT_USER_NAMESPACES = [
    *("unshare", "--user", "--map-root-user", "sh", "-c"),
    'echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all "$@"',
    "sh",
]
REASON = "its user namespace was refused, as user.max_user_namespaces is 0."
CURE = "An administrator permits it with: sudo sysctl -w user.max_user_namespaces=15000"
