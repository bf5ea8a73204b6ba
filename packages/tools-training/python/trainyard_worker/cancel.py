"""SIGTERM: raises at once, unless a training has taken over and stops at the end of its step."""

import signal

from .errors import Cancelled

_state = {"requested": False, "deferred": False}


def _on_sigterm(_signal, _frame) -> None:
    _state["requested"] = True
    if not _state["deferred"]:
        raise Cancelled()


def install() -> None:
    signal.signal(signal.SIGTERM, _on_sigterm)


def ignore() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def requested() -> bool:
    return _state["requested"]


def defer(deferred: bool) -> None:
    """While deferred, SIGTERM only sets `requested()`."""
    _state["deferred"] = deferred
    if not deferred and _state["requested"]:
        raise Cancelled()
