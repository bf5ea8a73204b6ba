"""Runs the worker as its users do: a process, a spec file, lines of JSON."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PACKAGE_DIR = Path(__file__).parent.parent
PYTHONPATH = os.pathsep.join(filter(None, [str(PACKAGE_DIR), os.environ.get("PYTHONPATH")]))
ENVIRONMENT = {"HF_HUB_OFFLINE": "1", "PYTHONPATH": PYTHONPATH, "PYTHONDONTWRITEBYTECODE": "1"}


@dataclass(frozen=True)
class Run:
    code: int
    events: list[dict]
    stderr: str
    output_dir: Path

    def of(self, kind: str) -> list[dict]:
        return [event for event in self.events if event["type"] == kind]

    @property
    def values(self) -> dict:
        assert self.code == 0, f"exit {self.code}: {self.of('error')}\n{self.stderr[-3000:]}"
        return self.events[-1]["values"]

    @property
    def error(self) -> dict:
        assert self.code != 0, f"expected a failure, got {self.events[-1]}"
        return self.events[-1]


def start(tool: str, values: dict, output_dir: Path, **environment: str) -> subprocess.Popen:
    output_dir.mkdir(parents=True, exist_ok=True)
    spec = output_dir / "spec.json"
    threads = int(os.environ.get("OMP_NUM_THREADS", "2"))
    spec.write_text(json.dumps({"tool": tool, "input": values, "output_dir": str(output_dir), "threads": threads}))
    return subprocess.Popen(
        [sys.executable, "-m", "trainyard_worker", tool, str(spec)],
        stdout=subprocess.PIPE,
        stderr=(output_dir / "stderr.log").open("w"),
        text=True,
        cwd=output_dir,
        env={**os.environ, **ENVIRONMENT, **environment},
    )


def finish(process: subprocess.Popen, output_dir: Path, earlier: str = "") -> Run:
    rest, _ = process.communicate(timeout=120)
    events = [json.loads(line, parse_constant=reject) for line in (earlier + rest).splitlines()]
    ends = [event for event in events if event["type"] in ("result", "error")]
    assert len(ends) == 1 and events[-1] is ends[0], f"one last result or error, not {ends}"
    assert ends[0]["type"] == ("result" if process.returncode == 0 else "error")
    return Run(process.returncode, events, (output_dir / "stderr.log").read_text(), output_dir)


def reject(constant: str):
    raise AssertionError(f"{constant} is no JSON")


def run(tool: str, values: dict, output_dir: Path, **environment: str) -> Run:
    return finish(start(tool, values, output_dir, **environment), output_dir)


def write_dataset(folder: Path, kind: str, rows: list) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    columns = sorted(rows[0]) if rows and isinstance(rows[0], dict) else []
    (folder / "dataset.json").write_text(json.dumps({"format": kind, "rows": len(rows), "columns": columns, "split": "train"}))
    return str(folder)


def squad_row(index: int, unanswerable: bool = False) -> dict:
    who, what = ("Ada", "Leon", "Mira", "Nils")[index % 4], ("baker", "miner", "pilot", "tailor", "nurse")[index % 5]
    context = f"{who} works as a {what}."
    answers = {"text": [], "answer_start": []} if unanswerable else {"text": [what], "answer_start": [context.index(what)]}
    question = f"Where does {who} live?" if unanswerable else f"What is the job of {who}?"
    return {"id": str(index), "title": "jobs", "context": context, "question": question, "answers": answers}


def prompt_row(index: int) -> dict:
    return {"prompt": f"count: {index % 7} then", "completion": f" {index % 7 + 1}"}


def messages_row(index: int) -> dict:
    return {"messages": [{"role": "user", "content": f"say {index % 5}"}, {"role": "assistant", "content": f"{index % 5}!"}]}


def preference_row(index: int) -> dict:
    return {"prompt": f"count: {index % 7} then", "chosen": f" {index % 7 + 1}", "rejected": " no"}
