"""A dataset folder: `data.jsonl` with canonical rows and `dataset.json` that names their format."""

import json
from dataclasses import dataclass
from pathlib import Path

from .errors import dataset_invalid

COLUMNS = {
    "squad": ("context", "question", "answers"),
    "prompt_completion": ("prompt", "completion"),
    "messages": ("messages",),
    "text": ("text",),
    "preference": ("prompt", "chosen", "rejected"),
}


@dataclass(frozen=True)
class RowSet:
    path: str
    format: str
    rows: list[dict]


def load(path, wanted: tuple[str, ...] = tuple(COLUMNS), limit: int | None = None) -> RowSet:
    folder = Path(str(path))
    kind = read_format(folder)
    if kind not in wanted:
        raise dataset_invalid(
            f"The dataset {folder.name} has format '{kind}' (columns {columns_text(COLUMNS[kind])}); "
            f"this needs {' or '.join(f'{name} (columns {columns_text(COLUMNS[name])})' for name in wanted)}.",
            "Load it again with a column_map, or choose another dataset.",
            found=list(COLUMNS[kind]),
            needed=[list(COLUMNS[name]) for name in wanted],
        )
    rows = read_rows(folder / "data.jsonl", kind, limit)
    if not rows:
        raise dataset_invalid(f"The dataset {folder} is empty.", "Load at least one row.")
    return RowSet(str(folder), kind, rows)


def read_format(folder: Path) -> str:
    try:
        meta = json.loads((folder / "dataset.json").read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise dataset_invalid(f"{folder} is no dataset folder: {problem}", "It needs data.jsonl and dataset.json.") from problem
    kind = meta.get("format") if isinstance(meta, dict) else None
    if kind not in COLUMNS:
        raise dataset_invalid(f"{folder}/dataset.json has the unknown format {kind!r}.", f"Known: {', '.join(COLUMNS)}.")
    return kind


def read_rows(file: Path, kind: str, limit: int | None) -> list[dict]:
    rows: list[dict] = []
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if limit is not None and len(rows) >= limit:
                    break
                if line.strip():
                    rows.append(checked_row(line, f"{file.name} line {number}", kind))
    except (OSError, UnicodeDecodeError) as problem:
        raise dataset_invalid(f"{file} cannot be read: {problem}") from problem
    return rows


def checked_row(line: str, where: str, kind: str) -> dict:
    try:
        row = json.loads(line)
    except ValueError as problem:
        raise dataset_invalid(f"{where} is not JSON: {problem}") from problem
    found = sorted(row) if isinstance(row, dict) else []
    missing = [name for name in COLUMNS[kind] if name not in found or row[name] is None]
    if missing:
        raise dataset_invalid(
            f"{where} lacks {columns_text(missing)}: found {columns_text(found) or 'no columns'}, "
            f"needed {columns_text(COLUMNS[kind])} for format '{kind}'.",
            "Load the dataset again with a column_map from the found names to the needed ones.",
            found=found,
            needed=list(COLUMNS[kind]),
        )
    problem = SHAPES[kind](row)
    if problem:
        raise dataset_invalid(f"{where}: {problem}")
    return row


def squad_problem(row: dict) -> str | None:
    answers = row["answers"]
    if not isinstance(answers, dict) or not isinstance(answers.get("text"), list):
        return "'answers' must be {text: [...], answer_start: [...]}"
    if not all(isinstance(text, str) for text in answers["text"]):
        return "'answers.text' must hold strings"
    return strings_problem(row, ("context", "question"))


def messages_problem(row: dict) -> str | None:
    messages = row["messages"]
    whole = isinstance(messages, list) and messages and all(
        isinstance(message, dict) and isinstance(message.get("role"), str) and isinstance(message.get("content"), str)
        for message in messages
    )
    return None if whole else "'messages' must be a non-empty list of {role, content} strings"


def strings_problem(row: dict, names: tuple[str, ...]) -> str | None:
    wrong = [name for name in names if not isinstance(row[name], str)]
    return f"{columns_text(wrong)} must be text" if wrong else None


SHAPES = {
    "squad": squad_problem,
    "messages": messages_problem,
    "prompt_completion": lambda row: strings_problem(row, COLUMNS["prompt_completion"]),
    "text": lambda row: strings_problem(row, COLUMNS["text"]),
    "preference": lambda row: strings_problem(row, COLUMNS["preference"]),
}


def columns_text(names) -> str:
    return ", ".join(f"'{name}'" for name in names)
