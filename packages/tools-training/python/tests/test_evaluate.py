import importlib.util
import json

import harness
import pytest


@pytest.fixture(scope="module")
def squad_run(base, data, tmp_path_factory):
    values = {"model": base, "dataset": data["squad"], "tasks": ["squad", "perplexity"], "limit": 48}
    return harness.run("evaluate", values, tmp_path_factory.mktemp("squad"))


def test_squad_scores_what_was_learned(squad_run):
    values = squad_run.values
    assert values["total"] == 48 and values["NoAns_total"] == 8 and values["HasAns_total"] == 40
    assert values["exact_match"] == values["exact"] >= 60 and values["f1"] >= values["exact"]
    assert values["NoAns_exact"] >= 50
    assert 1 <= values["perplexity"] < 10 and values["model_size_bytes"] > 10_000


def test_the_report_has_every_prediction(squad_run):
    report = squad_run.output_dir / "report"
    results = json.loads((report / "results.json").read_text())
    assert results["results"]["squad"]["exact"] == squad_run.values["exact_match"]
    records = [json.loads(line) for line in (report / "predictions.jsonl").read_text().splitlines()]
    assert len(records) == 48 and {"id", "question", "answers", "prediction", "exact", "f1"} <= set(records[0])
    assert squad_run.of("artifact") == [{"type": "artifact", "port": "report", "kind": "report", "path": "report"}]


def test_evaluation_loss_agrees_with_the_trainer(base_run, base, data, tmp_path):
    values = {"model": base, "dataset": data["squad"], "tasks": ["perplexity"]}
    ours = harness.run("evaluate", values, tmp_path).values["eval_loss"]
    assert ours == pytest.approx(base_run.values["eval_loss"], rel=0.1)


def test_prompt_data_with_an_adapter(adapted, data, tmp_path):
    values = harness.run("evaluate", {"model": adapted, "dataset": data["prompt_completion"], "limit": 8}, tmp_path).values
    assert values["total"] == 8 and 0 <= values["exact_match"] <= 100 and values["perplexity"] > 1


def test_a_task_for_another_format_is_refused(base, data, tmp_path):
    error = harness.run("evaluate", {"model": base, "dataset": data["text"], "tasks": ["squad"]}, tmp_path).error
    assert error["code"] == "DATASET_INVALID" and "squad" in error["message"]


@pytest.mark.skipif(importlib.util.find_spec("lm_eval") is not None, reason="lm_eval is installed")
def test_foreign_tasks_name_their_package(base, tmp_path):
    error = harness.run("evaluate", {"model": base, "tasks": ["hellaswag"]}, tmp_path).error
    assert error["code"] == "LIBRARY_MISSING" and error["data"]["package"] == "lm-eval"
