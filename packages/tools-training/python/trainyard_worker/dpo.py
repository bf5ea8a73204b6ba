"""Preference training with trl."""

import copy

from .training_data import to_dataset


def train_dpo(job, events, model, tokenizer, rows, eval_rows, kind: str, base_name: str) -> dict:
    from .guarded_trainer import GuardedDPOTrainer
    from .tokenizer import ensure_usable
    from .trainer_args import dpo_arguments
    from .training_run import run_training

    ensure_usable(tokenizer, events)
    events.phase("tokenizing")
    trainer = GuardedDPOTrainer(
        model=model,
        # With an adapter, the reference is the model without it.
        ref_model=copy.deepcopy(model) if kind == "model" else None,
        args=dpo_arguments(job.input, job.output_dir / "checkpoints", eval_rows is not None),
        processing_class=tokenizer,
        train_dataset=to_dataset(rows),
        eval_dataset=to_dataset(eval_rows) if eval_rows else None,
    )
    return run_training(trainer, job, events, kind, base_name)
