"""What the kernel's refusals mean, in sentences."""

from __future__ import annotations

import errno
from collections.abc import Sequence

from ..core.errors import NslabError
from .failures import ActionError
from .route_socket import NetlinkError

_NO_RIGHT = "Choose the nslab kernel (Kernel > Change Kernel), where you may do this, or run as root."
_CURES = {
    errno.EPERM: _NO_RIGHT,
    errno.EACCES: _NO_RIGHT,
    errno.EROFS: _NO_RIGHT,
    errno.EEXIST: "Something of this name or address is there already; `%netns` shows what is.",
    errno.EADDRINUSE: "Another interface has it already; `%netns` shows which.",
    errno.ENODEV: "There is no such interface (any more); `%netns` shows what is there.",
    errno.ENOENT: "It isn't there (any more); `%netns` shows what is.",
    errno.ESRCH: "It isn't there (any more); `%netns` shows what is.",
    errno.ENOSPC: "The limit on namespaces is reached: an administrator can raise it by "
    "`sudo sysctl user.max_net_namespaces=65536`.",
    errno.EMFILE: "Too many files are open: restart the kernel after `ulimit -n 65536`.",
    errno.ENFILE: "The whole machine has too many files open: close something.",
    errno.ENOMEM: "The machine has no memory left for it: remove namespaces, or close something.",
    errno.EOPNOTSUPP: "This machine's kernel lacks a module for it; `nslab check` says which features it has.",
    errno.ENETUNREACH: "The gateway must lie in a subnet that the namespace has an address in; `%netns` shows them.",
    errno.EHOSTUNREACH: "The gateway must lie in a subnet that the namespace has an address in; `%netns` shows them.",
    errno.EBUSY: "Something else is using it; try again when that is done.",
}


def explain(failure: ActionError, not_undone: Sequence[ActionError] = ()) -> NslabError:
    """Turn a refusal into the error that a person sees.

    Parameters
    ----------
    failure
        What was refused.
    not_undone
        What then couldn't be taken back.
    """
    error = failure.error
    reason = error.reason if isinstance(error, NetlinkError) and error.reason else error.strerror
    said = f"The kernel refused `{failure.action.command()}`: {str(reason).rstrip('.')}."
    if not_undone:
        left = ", ".join(f"`{other.action.command()}`" for other in not_undone)
        said += f" Taking back what was done before failed at {left}; `%netns_reset` clears it away."
    return NslabError(said, _CURES.get(error.errno or 0, "Nothing was changed."))
