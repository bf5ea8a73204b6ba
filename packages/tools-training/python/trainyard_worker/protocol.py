"""JSON lines on the process's first stdout; everything that libraries print goes to stderr."""

import json
import math
import os
import sys


def finite(values: dict) -> dict:
    """Keeps what JSON can say: numpy scalars become numbers, NaN and infinities are left out."""
    kept = {}
    for key, value in values.items():
        if isinstance(value, (str, bool)) or value is None:
            kept[key] = value
        elif isinstance(value, dict):
            kept[key] = finite(value)
        elif isinstance(value, (list, tuple)):
            kept[key] = list(value)
        elif math.isfinite(value):
            kept[key] = value if isinstance(value, int) else float(value)
    return kept


class Events:
    def __init__(self, fd: int):
        self._fd = fd
        self._open = True

    @classmethod
    def claim_stdout(cls) -> "Events":
        sys.stdout.flush()
        fd = os.dup(1)
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        return cls(fd)

    def emit(self, event: dict) -> None:
        line = json.dumps(event, allow_nan=False, ensure_ascii=False) + "\n"
        data = line.encode("utf-8", "backslashreplace")
        while data and self._open:
            try:
                data = data[os.write(self._fd, data):]
            except BrokenPipeError:
                # The reader is gone; what is being trained is still worth finishing.
                self._open = False

    def phase(self, message: str) -> None:
        self.emit({"type": "progress", "message": message})

    def progress(self, current: int, total: int, unit: str, message: str = "") -> None:
        event = {"type": "progress", "current": current, "total": total, "unit": unit}
        self.emit({**event, "message": message} if message else event)

    def metric(self, step: int, values: dict) -> None:
        self.emit({"type": "metric", "step": step, "values": finite(values)})

    def log(self, message: str, level: str = "info") -> None:
        self.emit({"type": "log", "level": level, "message": message})

    def artifact(self, port: str, kind: str, path: str) -> None:
        self.emit({"type": "artifact", "port": port, "kind": kind, "path": path})

    def result(self, values: dict) -> None:
        self.emit({"type": "result", "values": finite(values)})

    def error(self, error: dict) -> None:
        self.emit({"type": "error", **error, "data": finite(error.get("data", {}))})
