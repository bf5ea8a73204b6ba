import type { JsonObject } from "./json.ts";

/** One part of a memory estimate. */
export interface MemoryTerm {
  readonly name: string;
  readonly bytes: number;
}

/** Something a step needs and this machine lacks. */
export interface Shortfall {
  readonly resource: "gpu-memory" | "memory" | "disk" | "gpu" | "model-access" | "library";
  /** Names the shortfall with its figures. */
  readonly message: string;
  /** The nearest thing that would fit, or what to do. */
  readonly fix: string;
}

/** What a step needs before it starts. */
export interface PreflightReport {
  /** The parameters after defaults and configuration were merged. */
  readonly resolved: JsonObject;
  /** Number of parameters of the model, where it can be known. */
  readonly parameters?: number | undefined;
  readonly trainableParameters?: number | undefined;
  /** Peak memory of the device that trains: GPU memory, or main memory on a machine without one. */
  readonly memoryBytes?: number | undefined;
  /** Main memory in addition, where the device is a GPU. */
  readonly device: "gpu" | "cpu";
  readonly diskBytes?: number | undefined;
  /** Biggest first; three at most. */
  readonly terms: readonly MemoryTerm[];
  /** Absent when it is not known. */
  readonly timeMs?: { readonly low: number; readonly high: number; readonly basis: string } | undefined;
  readonly warnings: readonly string[];
  readonly shortfalls: readonly Shortfall[];
}
