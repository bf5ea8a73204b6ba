"""What the trainer does, as events: steps, metrics, checkpoints, and the stop that SIGTERM asks for."""

import math
import time
from pathlib import Path

from transformers import TrainerCallback

from . import cancel
from .errors import Cancelled, WorkerError
from .model_source import name_base
from .protocol import Events

SECONDS_BETWEEN_PROGRESS = 0.25
NOT_METRICS = ("total_flos",)


class EventCallback(TrainerCallback):
    def __init__(self, events: Events, base_name: str):
        self._events = events
        self._base_name = base_name
        self._last = 0.0

    def on_train_begin(self, args, state, control, **_):
        self._events.progress(state.global_step, state.max_steps, "steps", "training")

    def on_step_end(self, args, state, control, **_):
        if cancel.requested():
            control.should_training_stop = True
            control.should_save = True
            control.should_evaluate = False
        now = time.monotonic()
        if now - self._last >= SECONDS_BETWEEN_PROGRESS or state.global_step >= state.max_steps:
            self._last = now
            self._events.progress(state.global_step, state.max_steps, "steps")

    def on_prediction_step(self, args, state, control, **_):
        if cancel.requested():
            raise Cancelled()

    def on_log(self, args, state, control, logs=None, **_):
        values = {key: value for key, value in (logs or {}).items() if key not in NOT_METRICS}
        for name in ("loss", "grad_norm", "eval_loss"):
            if name in values and not math.isfinite(values[name]):
                raise non_finite(name, state.global_step, values[name])
        self._events.metric(state.global_step, values)

    def on_save(self, args, state, control, **_):
        clean_checkpoint(Path(args.output_dir) / f"checkpoint-{state.global_step}", self._base_name)


def clean_checkpoint(folder: Path, base_name: str) -> None:
    """Leaves out the pickled arguments and the card with paths of this machine."""
    for name in ("training_args.bin", "README.md"):
        (folder / name).unlink(missing_ok=True)
    if (folder / "adapter_config.json").is_file():
        name_base(folder, base_name)


def non_finite(name: str, step: int, value) -> WorkerError:
    return WorkerError(
        "NON_FINITE_LOSS",
        f"The {name} became {value} at step {step}; the training was stopped.",
        "Lower learning_rate (try a tenth), add warmup_steps, or look for broken rows in the dataset.",
        {"step": step, "metric": name, "value": str(value)},
    )
