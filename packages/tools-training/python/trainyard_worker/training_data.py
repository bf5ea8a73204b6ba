"""Rows as the trainer's datasets."""

from .dataset import RowSet
from .errors import dataset_invalid
from .prompts import training_row

SFT_FORMATS = ("squad", "prompt_completion", "messages", "text")


def to_dataset(rows: RowSet, completion_only: bool = True):
    from datasets import Dataset

    shaped = [training_row(row, rows.format, completion_only) for row in rows.rows]
    if rows.format == "messages" and len({tuple(row) for row in shaped}) > 1:
        # One shape for all rows: some end without an assistant's answer.
        shaped = [training_row(row, rows.format, completion_only=False) for row in rows.rows]
    return Dataset.from_list(shaped)


def drop_rows_without_labels(dataset, name: str, max_length: int, events):
    """A row whose completion was cut off by max_length has nothing to learn from, and its loss is NaN."""
    if dataset is None or "labels" not in dataset.column_names:
        return dataset
    kept = [index for index, labels in enumerate(dataset["labels"]) if any(label != -100 for label in labels)]
    dropped = len(dataset) - len(kept)
    if not kept:
        raise dataset_invalid(
            f"All {len(dataset)} {name} rows have prompts longer than max_length {max_length}: nothing is left to learn.",
            "Raise max_length or shorten the prompts.",
        )
    if dropped:
        events.log(f"{dropped} of {len(dataset)} {name} rows left out: their prompt fills max_length {max_length}.", "warning")
    return dataset.select(kept) if dropped else dataset
