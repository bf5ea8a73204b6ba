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


def report_dropped(rows: RowSet | None, kept, name: str, max_length: int, events) -> None:
    """The trainer leaves out, silently, what has nothing to learn from once max_length has cut its completion off."""
    if rows is None:
        return
    if not len(kept):
        raise dataset_invalid(
            f"All {len(rows.rows)} {name} rows have prompts longer than max_length {max_length}: nothing is left to learn.",
            "Raise max_length or shorten the prompts.",
        )
    dropped = len(rows.rows) - len(kept)
    if dropped > 0:
        events.log(f"{dropped} of {len(rows.rows)} {name} rows left out: their prompt fills max_length {max_length}.", "warning")
