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


def test_preferences_are_measured_by_what_should_be_said(base, data, tmp_path):
    chosen = [{"prompt": row["prompt"], "completion": row["chosen"]} for row in map(harness.preference_row, range(16))]
    plain = harness.write_dataset(tmp_path / "data", "prompt_completion", chosen)
    values = harness.run("evaluate", {"model": base, "dataset": data["preference"]}, tmp_path / "preference").values
    same = harness.run("evaluate", {"model": base, "dataset": plain, "tasks": ["perplexity"]}, tmp_path / "plain").values
    assert values["perplexity"] == same["perplexity"] > 1


@pytest.fixture(scope="module")
def loaded(base):
    from trainyard_worker import model_loading, model_source

    source = model_source.resolve(base)
    return model_loading.load_for_inference(source), model_loading.load_tokenizer(source)


def test_a_long_prompt_keeps_its_question(loaded):
    from trainyard_worker.generation import count_cut, generate
    from trainyard_worker.prompts import squad_prompt

    model, tokenizer = loaded
    prompt = squad_prompt(harness.squad_row(3))
    long = "filler words\n" * 100 + prompt
    room = len(tokenizer(prompt)["input_ids"])
    assert tokenizer(long)["input_ids"][-room:] == tokenizer(prompt)["input_ids"]
    settings = {"batch_size": 2, "max_new_tokens": 8, "max_length": room + 8}
    plain, cut = generate(model, tokenizer, [prompt, long], settings, True, lambda _: None)
    assert plain == cut != ""
    assert count_cut(tokenizer, [prompt, long], settings) == 1


def test_max_length_holds_for_answers(base, data, tmp_path):
    values = {"model": base, "dataset": data["squad"], "tasks": ["squad"], "limit": 4, "max_new_tokens": 8}
    run = harness.run("evaluate", {**values, "max_length": 16}, tmp_path / "short")
    assert "prompts_cut" not in run.values
    assert any("4 of 4 prompts lost their beginning" in event["message"] for event in run.of("log"))
    assert not harness.run("evaluate", {**values, "max_length": 512}, tmp_path / "long").of("log")
    error = harness.run("evaluate", {**values, "max_length": 8}, tmp_path / "none").error
    assert error["code"] == "INPUT_INVALID" and "no room for a prompt" in error["message"]


def test_chat_perplexity_counts_the_first_word_whatever_the_tokenizer_adds(base):
    from tokenizers.processors import TemplateProcessing
    from trainyard_worker import model_loading, model_source
    from trainyard_worker.perplexity import encoded_rows

    tokenizer = model_loading.load_tokenizer(model_source.resolve(base))
    rows = [harness.messages_row(index) for index in range(3)]
    expected = encoded_rows(rows, "messages", tokenizer, 128)
    beginning = (tokenizer.eos_token, tokenizer.eos_token_id)
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(single=f"{beginning[0]} $A", special_tokens=[beginning])
    assert tokenizer("x")["input_ids"][0] == tokenizer.eos_token_id
    assert encoded_rows(rows, "messages", tokenizer, 128) == expected
