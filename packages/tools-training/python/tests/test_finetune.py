import json

import harness
import pytest


def test_lora_gives_an_adapter_that_names_no_place(adapter_run, base):
    values, folder = adapter_run.values, adapter_run.output_dir / "model"
    assert adapter_run.of("artifact")[0]["kind"] == "model.adapter"
    assert 0 < values["trainable_parameters"] < values["parameters"]
    config = json.loads((folder / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "trainyard-base" and config["r"] == 4
    assert (folder / "adapter_model.safetensors").is_file() and (folder / "tokenizer.json").is_file()
    for file in folder.iterdir():
        assert file.suffix != ".bin" and base["path"].encode() not in file.read_bytes()


def test_an_adapter_can_be_trained_on(adapted, data, tmp_path):
    values = {"model": adapted, "dataset": data["messages"], "method": "lora", "max_steps": 2}
    run = harness.run("finetune", values, tmp_path)
    assert run.values["steps"] == 2
    assert json.loads((tmp_path / "model" / "adapter_config.json").read_text())["r"] == 4


def test_full_gives_a_model_with_the_adapter_in_it(adapted, data, tmp_path):
    values = {"model": adapted, "dataset": data["squad"], "method": "full", "max_steps": 2}
    run = harness.run("finetune", values, tmp_path)
    assert run.of("artifact")[0]["kind"] == "model" and (tmp_path / "model" / "model.safetensors").is_file()
    assert run.values["trainable_parameters"] == run.values["parameters"]


@pytest.mark.parametrize("use_lora", [True, False])
def test_dpo(use_lora, base, data, tmp_path):
    values = {
        "model": base,
        "dataset": data["preference"],
        "eval_dataset": data["preference"],
        "method": "dpo",
        "use_lora": use_lora,
        "max_steps": 3,
        "learning_rate": 1e-3,
    }
    run = harness.run("finetune", values, tmp_path)
    assert run.values["steps"] == 3 and run.values["eval_loss"] > 0
    weights = "adapter_model.safetensors" if use_lora else "model.safetensors"
    assert (tmp_path / "model" / weights).is_file()


def test_unknown_target_modules_name_the_known_ones(base, data, tmp_path):
    values = {"model": base, "dataset": data["squad"], "method": "lora", "target_modules": ["c_attn"]}
    error = harness.run("finetune", values, tmp_path).error
    assert error["code"] == "NO_TARGET_MODULES" and "q_proj" in error["data"]["known"]


def test_qlora_without_its_library_names_the_package(base, data, tmp_path):
    try:
        import bitsandbytes  # noqa: F401
    except ImportError:
        error = harness.run("finetune", {"model": base, "dataset": data["squad"], "method": "qlora"}, tmp_path).error
        assert error["code"] == "LIBRARY_MISSING" and error["data"]["package"] == "bitsandbytes"
    else:
        pytest.skip("bitsandbytes is installed")


def test_qlora_trains_an_adapter_on_4_bit_weights(base, base_run, data, tmp_path):
    pytest.importorskip("bitsandbytes", reason="bitsandbytes is not installed")
    values = {
        "model": base,
        "dataset": data["prompt_completion"],
        "method": "qlora",
        "lora_r": 4,
        "max_steps": 12,
        "learning_rate": 1e-2,
        "gradient_checkpointing": True,
        "logging_steps": 1,
    }
    run = harness.run("finetune", values, tmp_path / "qlora")
    losses = [event["values"]["loss"] for event in run.of("metric") if "loss" in event["values"]]
    assert losses[-1] < losses[0] * 0.7
    trained = run.values["trainable_parameters"]
    assert trained > 0 and run.values["parameters"] == base_run.values["parameters"] + trained
    adapted = {**base, "adapter": str(tmp_path / "qlora" / "model")}
    scores = [
        harness.run("evaluate", {"model": model, "dataset": data["prompt_completion"], "tasks": ["perplexity"]}, tmp_path / name).values
        for model, name in ((base, "before"), (adapted, "after"))
    ]
    assert scores[1]["perplexity"] < scores[0]["perplexity"] / 2


def test_dpo_wants_preferences(base, data, tmp_path):
    error = harness.run("finetune", {"model": base, "dataset": data["squad"], "method": "dpo"}, tmp_path).error
    assert error["code"] == "DATASET_INVALID" and "'chosen'" in error["message"] and "'context'" in error["message"]
