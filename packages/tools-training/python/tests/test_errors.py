import errno

import harness
import pytest
from trainyard_worker.error_mapping import describe


def test_an_absurd_learning_rate_ends_at_the_first_bad_step(base, data, tmp_path):
    values = {
        "base_model": base,
        "dataset": data["squad"],
        "learning_rate": 1e30,
        "max_grad_norm": 0,
        "lr_scheduler_type": "constant",
        "max_steps": 40,
        "logging_steps": 40,
    }
    run = harness.run("train", values, tmp_path)
    error = run.error
    assert run.code == 1 and error["code"] == "NON_FINITE_LOSS"
    assert 1 <= error["data"]["step"] < 10 and "learning_rate" in error["hint"]
    assert not (tmp_path / "model").exists() and not run.of("artifact")


def test_wrong_columns_name_what_was_found_and_what_is_needed(tmp_path):
    dataset = harness.write_dataset(tmp_path / "data", "squad", [{"passage": "x", "question": "y", "answers": {"text": []}}])
    error = harness.run("train", {"dataset": dataset}, tmp_path / "out").error
    assert error["code"] == "DATASET_INVALID"
    assert "'passage'" in error["message"] and "'context'" in error["message"] and "\n" not in error["message"]
    assert error["data"]["found"] == ["answers", "passage", "question"]


@pytest.mark.parametrize("rows", [[], ["no object"], [{"text": 3}]])
def test_datasets_that_are_none(rows, tmp_path):
    dataset = harness.write_dataset(tmp_path / "data", "text", rows)
    assert harness.run("train", {"dataset": dataset}, tmp_path / "out").error["code"] == "DATASET_INVALID"


@pytest.mark.parametrize("model", [{"path": "/no/such/model"}, {"name": "nobody/no-such-model"}])
def test_missing_models(model, data, tmp_path):
    run = harness.run("evaluate", {"model": model, "dataset": data["squad"]}, tmp_path)
    error = run.error
    assert error["code"] == "MODEL_NOT_FOUND"
    assert (model.get("path") or model.get("name")) in error["message"]


def test_pickled_weights_are_refused(base, data, tmp_path):
    import shutil

    import torch

    folder = tmp_path / "pickled"
    shutil.copytree(base["path"], folder)
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    error = harness.run("evaluate", {"model": {"path": str(folder)}, "dataset": data["squad"]}, tmp_path / "out").error
    assert error["code"] == "UNSAFE_WEIGHTS" and error["data"]["files"] == ["pytorch_model.bin"]


def test_damaged_weights_are_named(base, data, tmp_path):
    import shutil

    folder = tmp_path / "damaged"
    shutil.copytree(base["path"], folder)
    (folder / "model.safetensors").write_bytes(b"version https://git-lfs.example\n")
    error = harness.run("evaluate", {"model": {"path": str(folder)}, "dataset": data["squad"]}, tmp_path / "out").error
    assert error["code"] == "INPUT_INVALID" and "damaged" in error["message"]


class OutOfMemoryError(RuntimeError):
    pass


class GatedRepoError(OSError):
    pass


def wrapped(cause: Exception) -> Exception:
    try:
        try:
            raise cause
        except Exception as inner:
            raise RuntimeError("while loading") from inner
    except RuntimeError as outer:
        return outer


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "DISK_FULL"),
        (RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 704 vs 598"), "DISK_FULL"),
        (MemoryError(), "OUT_OF_MEMORY"),
        (OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), "OUT_OF_MEMORY"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"), "OUT_OF_MEMORY"),
        (ModuleNotFoundError("No module named 'lm_eval'", name="lm_eval"), "LIBRARY_MISSING"),
        (ImportError("Using bitsandbytes needs it: `pip install -U bitsandbytes>=0.46.1`"), "LIBRARY_MISSING"),
        (wrapped(GatedRepoError("401: access is restricted")), "MODEL_GATED"),
        (ZeroDivisionError("what"), "WORKER_FAILED"),
    ],
)
def test_failures_have_codes(failure, code):
    error = describe(failure)
    assert error["code"] == code and error["message"] and "\n" not in error["message"]
