"""Which task fits which dataset: known before any heavy import."""

from .dataset import RowSet
from .errors import dataset_invalid

FORMATS = {
    "squad": ("squad",),
    "exact_match": ("prompt_completion",),
    "perplexity": ("squad", "prompt_completion", "messages", "text", "preference"),
}


def default_tasks(kind: str) -> list[str]:
    return {"squad": ["squad"], "prompt_completion": ["exact_match", "perplexity"]}.get(kind, ["perplexity"])


def check_format(task: str, rows: RowSet) -> None:
    if rows.format not in FORMATS[task]:
        raise dataset_invalid(
            f"The task '{task}' needs a dataset of format {' or '.join(FORMATS[task])}, not '{rows.format}'.",
            "Choose another task or load the dataset in that format.",
            found=[rows.format],
            needed=list(FORMATS[task]),
        )
