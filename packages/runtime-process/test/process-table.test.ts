import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { findProcess, identify, isAlive, isKnown, listProcesses } from "../src/process-table.ts";
import { until } from "./fixtures/bench.ts";

test("a process is itself, and neither a later one with its pid nor one of another boot", () => {
  const self = identify(process.pid)!;
  expect(isAlive(self)).toBe(true);
  expect(isAlive({ ...self, startTime: "1" })).toBe(false);
  expect(isAlive({ ...self, machine: "another" })).toBe(false);
});

test("a zombie is known but not alive", async () => {
  // The shell becomes a program that never asks for its child's exit.
  const parent = spawn("sh", ["-c", "sleep 0.01 & exec sleep 60"], { stdio: "ignore" });
  const child = () => listProcesses().find((entry) => entry.parentPid === parent.pid);
  await until(
    () => child()?.alive === false,
    () => "the child does not end",
  );
  const zombie = identify(child()!.pid)!;
  expect([isKnown(zombie), isAlive(zombie)]).toEqual([true, false]);
  parent.kill();
  await once(parent, "exit");
});

test("a command name with spaces and parentheses is read right", async () => {
  const script =
    "require('fs').writeFileSync('/proc/self/comm', 'a) Z (b'); console.log(); setInterval(() => {}, 1000)";
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  expect(findProcess(child.pid!)).toMatchObject({ parentPid: process.pid, alive: true });
  child.kill();
  await once(child, "exit");
});
