"""`python -m trainyard_worker TOOL SPEC.json`"""

import os
import sys
import traceback

from . import cancel, spec
from .error_mapping import describe
from .errors import Cancelled
from .protocol import Events

TOOLS = ("train", "finetune", "evaluate", "quantize", "probe")


def run_tool(tool: str, job: spec.Job, events: Events) -> dict:
    if tool == "train":
        from .train import run
    elif tool == "finetune":
        from .finetune import run
    elif tool == "evaluate":
        from .evaluate import run
    elif tool == "quantize":
        from .quantize import run
    else:
        from .probe import run
    return run(job, events)


def main(argv: list[str]) -> int:
    if len(argv) != 2 or argv[0] not in TOOLS:
        print(f"usage: python -m trainyard_worker {'|'.join(TOOLS)} SPEC.json", file=sys.stderr)
        return 2
    events = Events.claim_stdout()
    try:
        cancel.install()
        job = spec.read(argv[0], argv[1])
        spec.prepare_process(job)
        events.result(run_tool(argv[0], job, events))
        return 0
    except Cancelled as stop:
        cancel.ignore()
        events.error(describe(stop))
        return 143
    except Exception as failure:
        cancel.ignore()
        traceback.print_exc()
        events.error(describe(failure))
        return 1


if __name__ == "__main__":
    code = main(sys.argv[1:])
    # Library threads and exit handlers must neither delay the exit nor print after the last event.
    sys.stderr.flush()
    os._exit(code)
