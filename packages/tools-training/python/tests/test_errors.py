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


@pytest.fixture
def hub():
    """A hub that answers everything with one status."""
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(server.status)
            self.end_headers()

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.status = 404
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def from_hub(endpoint: str, data, tmp_path) -> dict:
    place = {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": endpoint, "HF_HOME": str(tmp_path / "hf"), "NO_PROXY": "*", "no_proxy": "*"}
    values = {"model": {"name": "org/name"}, "dataset": data["squad"]}
    return harness.run("evaluate", values, tmp_path / "out", **place).error


@pytest.mark.parametrize(("status", "code"), [(404, "MODEL_NOT_FOUND"), (503, "HUB_UNREACHABLE"), (429, "HUB_UNREACHABLE")])
def test_a_hub_that_says_no(status, code, hub, data, tmp_path):
    hub.status = status
    error = from_hub(f"http://127.0.0.1:{hub.server_port}", data, tmp_path)
    assert error["code"] == code


def test_a_hub_that_is_not_there(data, tmp_path):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    error = from_hub(f"http://127.0.0.1:{port}", data, tmp_path)
    assert error["code"] == "HUB_UNREACHABLE" and "HF_ENDPOINT" in error["hint"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_during_a_download(number, monkeypatch):
    import huggingface_hub
    from trainyard_worker import model_source

    def fill(*_, **__):
        raise OSError(number, "cannot write")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fill)
    with pytest.raises(Exception) as raised:
        model_source.resolve("org/name")
    assert describe(raised.value)["code"] == "DISK_FULL"


def test_the_same_weights_are_not_downloaded_twice():
    from huggingface_hub.utils import filter_repo_objects
    from trainyard_worker.model_source import HUB_FILES, NOT_NEEDED

    files = ["config.json", "consolidated.safetensors", "consolidated.00.safetensors", "model.safetensors", "original/x.safetensors"]
    kept = filter_repo_objects(files, allow_patterns=HUB_FILES, ignore_patterns=NOT_NEEDED)
    assert list(kept) == ["config.json", "model.safetensors"]


def test_a_gradient_that_is_no_number_never_reaches_the_weights():
    from types import SimpleNamespace

    from trainyard_worker.guarded_trainer import Guarded

    class Trainer:
        state = SimpleNamespace(global_step=6)

        def _get_grad_norm(self, model, grad_norm=None):
            return grad_norm

    class GuardedTrainer(Guarded, Trainer):
        pass

    assert GuardedTrainer()._get_grad_norm(None, grad_norm=1.5) == 1.5
    with pytest.raises(Exception) as raised:
        GuardedTrainer()._get_grad_norm(None, grad_norm=float("nan"))
    error = describe(raised.value)
    assert error["code"] == "NON_FINITE_LOSS" and error["data"] == {"step": 7, "metric": "grad_norm", "value": "nan"}
