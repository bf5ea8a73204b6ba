"""Supervised training with trl, for `train` and `finetune` alike."""

from .training_data import report_dropped, to_dataset


def train_sft(job, events, model, tokenizer, rows, eval_rows, kind: str, base_name: str = "trainyard-base") -> dict:
    from .guarded_trainer import GuardedSFTTrainer
    from .tokenizer import ensure_usable
    from .trainer_args import sft_arguments
    from .training_run import run_training

    ensure_usable(tokenizer, events)
    args = sft_arguments(job.input, job.output_dir / "checkpoints", eval_rows is not None)
    events.phase("tokenizing")
    trainer = GuardedSFTTrainer(
        model=model,
        args=args,
        processing_class=tokenizer,
        train_dataset=to_dataset(rows, args.completion_only_loss),
        eval_dataset=to_dataset(eval_rows, args.completion_only_loss) if eval_rows else None,
    )
    if not args.packing:
        report_dropped(rows, trainer.train_dataset, "training", args.max_length, events)
        report_dropped(eval_rows, trainer.eval_dataset, "evaluation", args.max_length, events)
    return run_training(trainer, job, events, kind, base_name)
