import json
import signal
import time

import harness


def start_and_stop(tool: str, values: dict, output_dir, seen) -> harness.Run:
    """Sends SIGTERM once an event fits `seen`."""
    process = harness.start(tool, values, output_dir)
    lines = []
    for line in process.stdout:
        lines.append(line)
        if seen(json.loads(line)):
            break
    process.send_signal(signal.SIGTERM)
    return harness.finish(process, output_dir, "".join(lines))


def test_sigterm_leaves_a_checkpoint_to_go_on_from(base, data, tmp_path):
    values = {"base_model": base, "dataset": data["squad"], "max_steps": 600, "per_device_train_batch_size": 2}
    run = start_and_stop("train", values, tmp_path / "first", lambda event: event.get("current", 0) >= 3)
    step = run.error["data"]["step"]
    assert run.code == 143 and run.error["code"] == "CANCELLED" and 3 <= step < 600
    path = f"checkpoints/checkpoint-{step}"
    assert run.of("artifact") == [{"type": "artifact", "port": "checkpoint", "kind": "checkpoint", "path": path}]
    checkpoint = run.output_dir / path
    names = {file.name for file in checkpoint.iterdir()}
    assert {"model.safetensors", "trainer_state.json", "optimizer.pt"} <= names
    assert not names & {"training_args.bin", "README.md", "pytorch_model.bin"}

    rest = {**values, "max_steps": step + 4, "resume_from_checkpoint": str(checkpoint)}
    resumed = harness.run("train", rest, tmp_path / "second")
    assert resumed.values["steps"] == step + 4
    first = next(event for event in resumed.of("progress") if "current" in event)
    assert first["current"] == step


def test_a_lora_checkpoint_resumes_too(base, data, tmp_path):
    values = {"model": base, "dataset": data["squad"], "method": "lora", "max_steps": 600, "per_device_train_batch_size": 2}
    run = start_and_stop("finetune", values, tmp_path / "first", lambda event: event.get("current", 0) >= 3)
    step = run.error["data"]["step"]
    checkpoint = run.output_dir / run.error["data"]["checkpoint"]
    config = json.loads((checkpoint / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "trainyard-base"
    rest = {**values, "max_steps": step + 2, "resume_from_checkpoint": str(checkpoint)}
    assert harness.run("finetune", rest, tmp_path / "second").values["steps"] == step + 2


def test_sigterm_ends_other_tools_at_once(base, data, tmp_path):
    started = time.monotonic()
    values = {"model": base, "dataset": data["squad"]}
    run = start_and_stop("evaluate", values, tmp_path, lambda event: "loading libraries" in event.get("message", ""))
    assert run.code == 143 and run.error["code"] == "CANCELLED" and time.monotonic() - started < 10
    assert not run.of("artifact") and not (tmp_path / "report").exists()
