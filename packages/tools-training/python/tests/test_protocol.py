import subprocess
import sys

import harness


def test_probe_reports_versions_and_what_is_missing(tmp_path):
    values = harness.run("probe", {"imports": ["torch", "no_such_library_here"]}, tmp_path).values
    assert values["versions"]["torch"].startswith("2.")
    assert "no_such_library_here" in values["failures"]
    assert values["cuda"] in (True, False) and isinstance(values["gpus"], list)


def test_unknown_tool_is_a_usage_error():
    command = [sys.executable, "-m", "trainyard_worker", "dance", "x.json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=harness.PACKAGE_DIR, check=False)
    assert done.returncode == 2 and done.stdout == "" and "usage" in done.stderr


def test_wrong_parameters_name_themselves(tmp_path, data):
    cases = {
        "method": {"method": "magic", "model": "x", "dataset": data["text"]},
        "dataset": {"method": "lora", "model": "x"},
    }
    for name, values in cases.items():
        error = harness.run("finetune", values, tmp_path / name).error
        assert error["code"] == "INPUT_INVALID" and name in error["message"]


def test_numbers_are_checked(tmp_path, data):
    values = {"dataset": data["text"], "learning_rate": "fast"}
    error = harness.run("train", values, tmp_path).error
    assert error["code"] == "INPUT_INVALID" and "learning_rate" in error["message"]


def test_training_speaks_in_numbers(base_run):
    steps = [event for event in base_run.of("progress") if "current" in event]
    assert steps[-1]["current"] == steps[-1]["total"] == base_run.values["steps"] == 120
    metrics = [event for event in base_run.of("metric") if "loss" in event["values"]]
    assert metrics[0]["step"] == 1 and len(metrics) >= 10
    for name in ("loss", "learning_rate", "grad_norm", "epoch"):
        assert all(isinstance(event["values"][name], float) for event in metrics)
    assert metrics[-1]["values"]["loss"] < metrics[0]["values"]["loss"]
