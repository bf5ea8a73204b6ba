import json

import harness
import pytest
from conftest import TINY


def test_a_model_from_scratch_is_a_whole_folder(base_run):
    values, folder = base_run.values, base_run.output_dir / "model"
    assert base_run.of("artifact") == [{"type": "artifact", "port": "model", "kind": "model", "path": "model"}]
    names = {file.name for file in folder.iterdir()}
    assert {"model.safetensors", "config.json", "generation_config.json", "tokenizer.json", "training_args.json"} <= names
    assert not any(name.endswith((".bin", ".pt", ".md")) for name in names)
    assert values["description"] == "tiny random-init demo model, trained from scratch"
    assert values["parameters"] > 10_000 and values["eval_loss"] < values["train_loss"]
    assert values["peak_memory_bytes"] > 1_000_000 and values["epochs"] == 10
    assert {path.name for path in base_run.output_dir.iterdir()} == {"model", "spec.json", "stderr.log"}


def test_recorded_arguments_name_no_place(base_run):
    text = (base_run.output_dir / "model" / "training_args.json").read_text()
    assert json.loads(text)["learning_rate"] == 3e-3
    assert str(base_run.output_dir) not in text


@pytest.mark.parametrize("kind", ["messages", "text"])
def test_other_formats_train(kind, data, tmp_path):
    values = {
        "dataset": data[kind],
        "model_config": TINY,
        "tokenizer": {"train": {"vocab_size": 300}},
        "max_length": 64,
        "max_steps": 2,
        "packing": kind == "text",
    }
    assert harness.run("train", values, tmp_path).values["steps"] == 2


def test_a_model_trains_on_and_drops_prompts_that_are_too_long(base, tmp_path):
    rows = [harness.prompt_row(index) for index in range(8)] + [{"prompt": "far too long " * 50, "completion": " x"}]
    dataset = harness.write_dataset(tmp_path / "data", "prompt_completion", rows)
    run = harness.run("train", {"base_model": base, "dataset": dataset, "max_length": 64, "max_steps": 2}, tmp_path / "out")
    assert "description" not in run.values
    assert any("1 of 9 training rows left out" in event["message"] for event in run.of("log"))


def test_prompts_that_are_all_too_long_are_an_error(base, tmp_path):
    rows = [{"prompt": "far too long " * 50, "completion": " x"}] * 3
    dataset = harness.write_dataset(tmp_path / "data", "prompt_completion", rows)
    error = harness.run("train", {"base_model": base, "dataset": dataset, "max_length": 64}, tmp_path / "out").error
    assert error["code"] == "DATASET_INVALID" and "max_length 64" in error["message"]
