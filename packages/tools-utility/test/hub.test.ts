import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createRegistry } from "@trainyard/core";
import { utilityTools } from "@trainyard/tools-utility";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { hubHosts } from "../src/hub/hub-hosts.ts";
import { type HubServer, startHub } from "./hub-server.ts";
import { createStep, runTool, temporaryFolder } from "./tool-context.ts";

function parquet(rows: number): Uint8Array {
  const column = (name: string) => ({
    name,
    type: "STRING" as const,
    data: Array.from({ length: rows }, (_, n) => `${name}${n}`),
  });
  return new Uint8Array(parquetWriteBuffer({ columnData: [column("prompt"), column("completion")] }));
}

/** A hub with one dataset of two splits, served as the real one does: API addresses that redirect to files. */
async function setUp(env: NodeJS.ProcessEnv = {}, hubHosts: readonly string[] = []) {
  const hub = await startHub();
  const folder = await temporaryFolder();
  const cacheDir = join(folder, "cache");
  const files = (split: string, count: number) =>
    Array.from(
      { length: count },
      (_, n) => `${hub.url}/api/datasets/org/qa/parquet/default/${split}/${n}.parquet`,
    );
  hub.json("/api/datasets/org/qa", { id: "org/qa", sha: "abc123", siblings: [] });
  hub.json("/api/datasets/org/qa/parquet", {
    default: { train: files("train", 2), validation: files("validation", 1) },
  });
  for (const [path, rows] of [
    ["train/0", 4],
    ["train/1", 3],
    ["validation/0", 2],
  ] as const) {
    redirect(hub, `/api/datasets/org/qa/parquet/default/${path}.parquet`, `/files/${path}`);
    hub.file(`/files/${path}`, parquet(rows));
  }
  const load = async (input: object, extra: NodeJS.ProcessEnv = {}) => {
    const tools = utilityTools({
      env: { HF_ENDPOINT: hub.url, ...env, ...extra },
      cacheDir,
      hubHosts,
      allowedRoots: [folder],
    });
    const step = await createStep(folder);
    return runTool(createRegistry([tools]).get("load_dataset"), input, step.context);
  };
  return { hub, folder, cacheDir, load };
}

function redirect(hub: HubServer, from: string, location: string): void {
  hub.routes.set(from, (_, response) => response.writeHead(302, { location }).end());
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

describe("a dataset of the hub", () => {
  test("is downloaded once, bound to its revision", async () => {
    const { hub, load, cacheDir } = await setUp();
    const output = await load({ path: "org/qa" });
    expect(output).toMatchObject({
      rows: { train: 7, validation: 2 },
      source: "hub:org/qa@abc123",
      source_state: { kind: "hub", revision: "abc123" },
    });
    await load({ path: "org/qa" });
    expect(hub.requests.filter(({ path }) => path.startsWith("/files/"))).toHaveLength(3);
    expect((await filesIn(cacheDir)).filter((name) => name.includes(".part"))).toEqual([]);
  });

  test("is downloaded no further than max_samples reaches", async () => {
    const { hub, load } = await setUp();
    expect((await load({ path: "org/qa", max_samples: 2 }))["rows"]).toEqual({ train: 2, validation: 2 });
    expect(hub.requests.some(({ path }) => path === "/files/train/1")).toBe(false);
  });

  test("is found by a plain name, and by revision and file name", async () => {
    const { hub, load } = await setUp();
    hub.json("/api/datasets/squad/parquet", {});
    hub.json("/api/datasets/squad", {
      sha: "s1",
      siblings: [{ rfilename: "README.md" }, { rfilename: "data/train.jsonl" }],
    });
    hub.file("/datasets/squad/resolve/s1/data/train.jsonl", '{"text":"a"}\n{"text":"b"}\n');
    expect((await load({ path: "squad", val_size: 0 }))["rows"]).toEqual({ train: 2 });
    hub.json("/api/datasets/squad/revision/v2", {
      sha: "s2",
      siblings: [{ rfilename: "x/odd.json" }, { rfilename: "train.csv" }],
    });
    hub.file("/datasets/squad/resolve/s2/x/odd.json", '[{"text":"c"}]');
    expect(await load({ path: "squad", revision: "v2", data_files: "x/odd.json" })).toMatchObject({
      source: "hub:squad@s2",
      samples: [{ text: "c" }],
    });
    await expect(load({ path: "squad", revision: "v2", data_files: "x/od.json" })).rejects.toMatchObject({
      code: "DATASET_INVALID",
      message: expect.stringContaining("`x/odd.json`"),
    });
  });

  test("asks for a configuration where there are several", async () => {
    const { hub, load } = await setUp();
    const train = [`${hub.url}/files/train/0`];
    hub.json("/api/datasets/org/qa/parquet", { de: { train }, en: { train } });
    await expect(load({ path: "org/qa" })).rejects.toMatchObject({
      code: "DATASET_INVALID",
      message: expect.stringContaining("`de`, `en`"),
    });
    await expect(load({ path: "org/qa", name: "fr" })).rejects.toMatchObject({ code: "DATASET_INVALID" });
    expect(await load({ path: "org/qa", name: "en" })).toMatchObject({ source: "hub:org/qa/en@abc123" });
  });

  test("is taken from the cache when offline, and only from there", async () => {
    const { hub, load } = await setUp();
    const offline = { HF_HUB_OFFLINE: "1" };
    await expect(load({ path: "org/qa" }, offline)).rejects.toMatchObject({
      code: "HUB_UNREACHABLE",
      message: expect.stringContaining("HF_HUB_OFFLINE is set"),
    });
    expect(hub.requests).toEqual([]);
    await load({ path: "org/qa", split: "validation" });
    const before = hub.requests.length;
    expect((await load({ path: "org/qa", split: "validation" }, offline))["rows"]).toEqual({ train: 2 });
    await expect(load({ path: "org/qa" }, offline)).rejects.toMatchObject({ code: "HUB_UNREACHABLE" });
    expect(hub.requests).toHaveLength(before);
  });

  test("gives way to a local folder of the same name, and says so", async () => {
    const { hub, load, folder } = await setUp();
    const { mkdir, writeFile } = await import("node:fs/promises");
    await mkdir(join(folder, "org/qa"), { recursive: true });
    await writeFile(join(folder, "org/qa/train.txt"), "a\nb\n");
    const output = await load({ path: "org/qa" });
    expect(output["warnings"][0]).toContain("was read from this machine");
    expect(hub.requests).toEqual([]);
  });
});

describe("a hub that misbehaves", () => {
  test("404: the dataset does not exist", async () => {
    const { load } = await setUp();
    await expect(load({ path: "org/nothing" })).rejects.toMatchObject({
      code: "DATASET_INVALID",
      message: expect.stringContaining("`org/nothing` does not exist"),
    });
  });

  test.each([401, 403])("%i: gated, with the way in", async (status) => {
    const { hub, load } = await setUp();
    hub.routes.set("/api/datasets/org/qa/parquet", (_, response) => response.writeHead(status).end());
    await expect(load({ path: "org/qa" })).rejects.toMatchObject({
      code: "MODEL_GATED",
      message: expect.stringContaining("HF_TOKEN"),
    });
  });

  test.each([429, 500, 503])("%i: unreachable, worth another try", async (status) => {
    const { hub, load } = await setUp();
    hub.routes.set("/api/datasets/org/qa", (_, response) => response.writeHead(status).end());
    await expect(load({ path: "org/qa" })).rejects.toMatchObject({
      code: "HUB_UNREACHABLE",
      retryable: true,
    });
  });

  test("a truncated body leaves nothing behind, and the next load fetches it anew", async () => {
    const { hub, load, cacheDir } = await setUp();
    const whole = parquet(4);
    hub.routes.set("/files/train/0", (_, response) => {
      response.writeHead(200, { "content-length": whole.byteLength });
      response.write(whole.subarray(0, 40), () => response.destroy());
    });
    await expect(load({ path: "org/qa" })).rejects.toMatchObject({
      code: "HUB_UNREACHABLE",
      retryable: true,
    });
    expect((await filesIn(cacheDir)).filter((name) => /parquet/.test(name))).toEqual([]);
    hub.file("/files/train/0", whole);
    expect((await load({ path: "org/qa" }))["rows"].train).toBe(7);
  });

  test.each(["/api/datasets/org/qa/parquet", "/files/train/0"])(
    "silence at %s ends by the time limit",
    async (path) => {
      const { hub, load } = await setUp({ HF_HUB_DOWNLOAD_TIMEOUT: "0.3" });
      hub.routes.set(path, (_, response) => {
        if (path.startsWith("/files")) response.writeHead(200).write("PAR1");
      });
      await expect(load({ path: "org/qa" })).rejects.toMatchObject({
        code: "HUB_UNREACHABLE",
        message: expect.stringContaining("does not answer in time"),
      });
    },
  );

  test("a redirect to another host is refused, unless it is configured; the token stays at home", async () => {
    const other = await startHub();
    other.file("/cdn", parquet(4));
    const host = new URL(other.url).host;
    const strict = await setUp();
    redirect(strict.hub, "/files/train/0", `${other.url}/cdn`);
    await expect(strict.load({ path: "org/qa" })).rejects.toMatchObject({
      code: "URL_NOT_ALLOWED",
      message: expect.stringContaining(host),
    });
    expect(other.requests).toEqual([]);
    const open = await setUp({ HF_TOKEN: "hf_secret" }, [host]);
    redirect(open.hub, "/files/train/0", `${other.url}/cdn`);
    expect((await open.load({ path: "org/qa" }))["rows"].train).toBe(7);
    expect(open.hub.requests.every(({ authorization }) => authorization === "Bearer hf_secret")).toBe(true);
    expect(other.requests).toEqual([{ path: "/cdn", authorization: undefined }]);
  });

  test("a listing that points to another host is refused", async () => {
    const { hub, load } = await setUp();
    hub.json("/api/datasets/org/qa/parquet", {
      default: { train: ["http://169.254.169.254/latest/meta-data"] },
    });
    await expect(load({ path: "org/qa" })).rejects.toMatchObject({ code: "URL_NOT_ALLOWED" });
  });

  test("a redirect loop, and answers that are not what they should be", async () => {
    const { hub, load } = await setUp();
    redirect(hub, "/files/train/0", "/files/train/0");
    await expect(load({ path: "org/qa" })).rejects.toMatchObject({
      code: "HUB_UNREACHABLE",
      message: expect.stringContaining("redirects"),
    });
    hub.file("/api/datasets/org/qa/parquet", "<html>");
    await expect(load({ path: "org/qa" })).rejects.toMatchObject({
      code: "HUB_UNREACHABLE",
      message: expect.stringContaining("not JSON"),
    });
    hub.json("/api/datasets/org/qa/parquet", { default: ["a"] });
    await expect(load({ path: "org/qa" })).rejects.toMatchObject({ code: "DATASET_INVALID" });
    hub.json("/api/datasets/org/qa/parquet", {});
    hub.json("/api/datasets/org/qa", { sha: "../../../etc" });
    await expect(load({ path: "org/qa" })).rejects.toMatchObject({ code: "DATASET_INVALID" });
  });

  test("no hub at all, or an endpoint that is none", async () => {
    const { load } = await setUp();
    await expect(load({ path: "org/qa" }, { HF_ENDPOINT: "http://127.0.0.1:9" })).rejects.toMatchObject({
      code: "HUB_UNREACHABLE",
    });
    await expect(load({ path: "org/qa" }, { HF_ENDPOINT: "ftp://hub" })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  });
});

test("the public hub may redirect to its storage hosts and to no others", () => {
  const hosts = hubHosts("https://huggingface.co", []);
  const allowed = (url: string): boolean => {
    try {
      hosts.check(new URL(url));
      return true;
    } catch {
      return false;
    }
  };
  expect(
    ["https://huggingface.co/a", "https://cdn-lfs.huggingface.co/a", "https://cas-bridge.xethub.hf.co/a"].map(
      allowed,
    ),
  ).toEqual([true, true, true]);
  expect(
    [
      "http://huggingface.co/a",
      "https://evilhuggingface.co/a",
      "https://hf.co.evil.com/",
      "https://u:p@huggingface.co/",
      "https://127.0.0.1/",
    ].map(allowed),
  ).toEqual([false, false, false, false, false]);
  expect(hosts.mayHaveToken(new URL("https://cdn-lfs.huggingface.co/a"))).toBe(false);
});
