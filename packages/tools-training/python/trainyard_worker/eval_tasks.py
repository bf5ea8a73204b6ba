"""The tasks that need no further library: each gives values and, where it predicts, one record per row."""

from .dataset import RowSet
from .generation import count_cut, generate
from .perplexity import perplexity
from .prompts import UNANSWERABLE, squad_prompt
from .squad_metric import score_row, summarize


def run_task(task: str, model, tokenizer, rows: RowSet, settings: dict, on_done) -> tuple[dict, list[dict]]:
    if task == "perplexity":
        length = settings["max_length"]
        return perplexity(model, tokenizer, rows.rows, rows.format, settings["batch_size"], length, on_done), []
    run = squad_task if task == "squad" else exact_match_task
    return run(model, tokenizer, rows.rows, settings, on_done)


def squad_task(model, tokenizer, rows: list[dict], settings: dict, on_done) -> tuple[dict, list[dict]]:
    prompts = [squad_prompt(row) for row in rows]
    texts = generate(model, tokenizer, prompts, settings, True, on_done)
    # What training teaches as "unanswerable" is the official script's empty prediction.
    predicted = ["" if text.lower() == UNANSWERABLE else text for text in texts]
    golds = [row["answers"]["text"] for row in rows]
    scores = [score_row(gold, text) for gold, text in zip(golds, predicted)]
    summary = summarize(scores, [bool(gold) for gold in golds])
    records = [
        {"id": row.get("id"), "question": row["question"], "answers": gold, "prediction": text, "exact": score[0], "f1": score[1]}
        for row, gold, text, score in zip(rows, golds, texts, scores)
    ]
    return {"exact_match": summary["exact"], **summary, "prompts_cut": count_cut(tokenizer, prompts, settings)}, records


def exact_match_task(model, tokenizer, rows: list[dict], settings: dict, on_done) -> tuple[dict, list[dict]]:
    golds = [row["completion"].strip() for row in rows]
    first_line = not any("\n" in gold for gold in golds)
    prompts = [row["prompt"] for row in rows]
    texts = generate(model, tokenizer, prompts, settings, first_line, on_done)
    records = [
        {"prompt": prompt, "completion": gold, "prediction": text, "exact": float(gold == text)}
        for prompt, gold, text in zip(prompts, golds, texts)
    ]
    exact = 100.0 * sum(record["exact"] for record in records) / len(records)
    return {"exact_match": exact, "total": len(records), "prompts_cut": count_cut(tokenizer, prompts, settings)}, records
