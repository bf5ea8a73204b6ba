"""`evaluate`: a model's scores, with every prediction beside them."""

import json
import time

from . import dataset
from .errors import input_invalid
from .libraries import require
from .outputs import publishing, write_json
from .spec import number, required

OWN_TASKS = ("squad", "perplexity", "exact_match")


def run(job, events) -> dict:
    started = time.monotonic()
    values = job.input
    rows = load_rows(values, events)
    own, foreign = split_tasks(values, rows)
    events.phase("loading libraries")
    from transformers import set_seed

    from . import model_loading, model_source
    from .tokenizer import ensure_usable

    set_seed(number(values, "seed", 42, 0, integer=True))
    source = model_source.resolve(required(values, "model"))
    events.phase("loading the model")
    tokenizer = model_loading.load_tokenizer(source)
    model = model_loading.load_for_inference(source)
    ensure_usable(tokenizer, events)
    results, records = run_own_tasks(own, model, tokenizer, rows, values, events)
    results |= run_foreign_tasks(foreign, model, tokenizer, values, events)
    about = {"runtime_s": round(time.monotonic() - started, 3), "model_size_bytes": model_loading.stored_bytes(source)}
    write_report(job, results, records, about)
    events.artifact("report", "report", "report")
    return flat(results) | about


def load_rows(values: dict, events):
    if not values.get("dataset"):
        return None
    events.phase("reading data")
    return dataset.load(values["dataset"], limit=number(values, "limit", None, 1, integer=True))


def split_tasks(values: dict, rows) -> tuple[list[str], list[str]]:
    from .eval_choice import check_format, default_tasks

    tasks = values.get("tasks") or (default_tasks(rows.format) if rows else [])
    if not tasks or not all(isinstance(task, str) for task in tasks):
        raise input_invalid("'tasks' needs at least one task name, or a dataset to choose one for.")
    own = [task for task in dict.fromkeys(tasks) if task in OWN_TASKS]
    foreign = [task for task in dict.fromkeys(tasks) if task not in OWN_TASKS]
    if own and rows is None:
        raise input_invalid(f"The tasks {', '.join(own)} need a dataset.")
    for task in own:
        check_format(task, rows)
    if foreign:
        require("lm_eval", f"evaluate with {', '.join(foreign)} (own tasks: {', '.join(OWN_TASKS)})", "lm-eval")
    return own, foreign


def run_own_tasks(tasks: list[str], model, tokenizer, rows, values: dict, events) -> tuple[dict, list[dict]]:
    from .eval_tasks import run_task

    settings = {
        "batch_size": number(values, "batch_size", 16, 1, integer=True),
        "max_new_tokens": number(values, "max_new_tokens", 32, 1, integer=True),
        "max_length": number(values, "max_length", positions(model), 2, integer=True),
    }
    results, records = {}, []
    for task in tasks:
        results[task], predicted = run_task(task, model, tokenizer, rows, settings, reporter(task, len(rows.rows), events))
        records += [{"task": task, **record} for record in predicted]
        cut = results[task].pop("prompts_cut", 0)
        if cut:
            events.log(f"{task}: {cut} of {len(rows.rows)} prompts lost their beginning to max_length {settings['max_length']}.", "warning")
    return results, records


def positions(model) -> int:
    return min(getattr(model.config, "max_position_embeddings", None) or 2048, 2048)


def reporter(task: str, total: int, events):
    return lambda done: events.progress(done, total, "rows", task)


def run_foreign_tasks(tasks: list[str], model, tokenizer, values: dict, events) -> dict:
    if not tasks:
        return {}
    from .lm_eval_tasks import run_lm_eval

    events.phase(f"lm-eval: {', '.join(tasks)}")
    return run_lm_eval(tasks, model, tokenizer, values)


def flat(results: dict) -> dict:
    """The first task of a name keeps it; lm-eval's carry their task's name already."""
    values: dict = {}
    for scores in results.values():
        values = {**scores, **values}
    return values


def write_report(job, results: dict, records: list[dict], about: dict) -> None:
    with publishing(job.output_dir, "report") as folder:
        write_json(folder / "results.json", {"results": results, **about})
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        (folder / "predictions.jsonl").write_text("".join(lines), "utf-8")
