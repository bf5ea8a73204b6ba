import { join } from "node:path";
import type { Job, JobMount, JsonObject, Resources } from "@trainyard/core";
import { WORKER_FOLDER } from "../worker-folder.ts";

/** The tools of the Python worker. */
export type WorkerTool = "train" | "finetune" | "evaluate" | "quantize";

/** What a worker's job is built from. */
export interface WorkerJobRequest {
  readonly id: string;
  readonly tool: WorkerTool;
  readonly workdir: string;
  readonly python: string;
  readonly resources: Resources;
  /** Whether the job downloads from a hub. */
  readonly hub: boolean;
  /** Host folders it reads beside its own. */
  readonly readOnly: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What the worker reads: the tool's input with paths in place of artifacts. */
export interface WorkerSpec {
  readonly tool: WorkerTool;
  readonly input: JsonObject;
  readonly output_dir: string;
  readonly threads: number;
}

const PASSED_ON = [
  "PATH",
  "HOME",
  "LANG",
  "LC_ALL",
  "TMPDIR",
  "LD_LIBRARY_PATH",
  "CUDA_VISIBLE_DEVICES",
  "CUDA_HOME",
  "PYTORCH_CUDA_ALLOC_CONF",
  "HF_HOME",
  "HF_HUB_CACHE",
  "HF_HUB_OFFLINE",
  "HF_ENDPOINT",
  "HF_HUB_DISABLE_XET",
  "HF_HUB_DOWNLOAD_TIMEOUT",
  "TRANSFORMERS_OFFLINE",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "REQUESTS_CA_BUNDLE",
  "NO_PROXY",
  "no_proxy",
] as const;

/** Handed over by value and never logged: a token, and proxies, whose URLs can hold a password. */
const SECRET = ["HF_TOKEN", "HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"] as const;

/** Names of the places in a step's directory. */
export function workerPaths(workdir: string) {
  return {
    spec: join(workdir, "spec.json"),
    output: join(workdir, "output"),
    inputs: join(workdir, "inputs"),
  } as const;
}

/** The job that runs the worker; plain data. Secrets and the network go only to a job that downloads. */
export function workerJob(request: WorkerJobRequest): Job {
  const { id, tool, workdir, python, resources, hub, environment } = request;
  const passed = PASSED_ON.flatMap((name) => (environment[name] ? [[name, environment[name]] as const] : []));
  const mounts: JobMount[] = [WORKER_FOLDER, ...request.readOnly].map((path) => ({ path, readOnly: true }));
  return {
    id,
    command: [python, "-m", "trainyard_worker", tool, workerPaths(workdir).spec],
    workdir,
    env: {
      ...Object.fromEntries(passed),
      PYTHONPATH: WORKER_FOLDER,
      PYTHONUNBUFFERED: "1",
      PYTHONDONTWRITEBYTECODE: "1",
      ...(!hub && { HF_HUB_OFFLINE: "1" }),
    },
    secrets: hub ? SECRET.filter((name) => environment[name]) : [],
    mounts,
    resources,
    network: hub ? "hub" : "none",
  };
}
