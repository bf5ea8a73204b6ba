import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { askHub } from "../src/preflight/hub-access.ts";

const open: { server?: Server } = {};
afterEach(async () => {
  open.server?.closeAllConnections();
  await new Promise((resolve) => (open.server ? open.server.close(resolve) : resolve(undefined)));
  delete open.server;
});

async function hub(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  open.server = server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answer =
  (status: number, headers: Record<string, string> = {}, body = ""): RequestListener =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };
const ask = (HF_ENDPOINT: string, more: Record<string, string> = {}, timeoutMs?: number) =>
  askHub({
    model: "meta-llama/Llama-2-7b-hf",
    // Without a folder of its own, a token of whoever runs the tests would be sent.
    environment: { HF_HOME: "/nonexistent", HF_ENDPOINT, ...more },
    signal: new AbortController().signal,
    timeoutMs,
  });

describe("a hub is asked for the model's config", () => {
  test("200 gives the config; the token and the path are right", async () => {
    const seen: string[] = [];
    const endpoint = await hub((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      response.end('{"model_type":"llama"}');
    });
    expect(await ask(`${endpoint}/`, { HF_TOKEN: "hf_secret" })).toEqual({
      status: "open",
      config: { model_type: "llama" },
    });
    expect(seen).toEqual(["GET /meta-llama/Llama-2-7b-hf/resolve/main/config.json Bearer hf_secret"]);
  });

  test("the token that `hf auth login` has saved is used, after HF_TOKEN", async () => {
    const home = await mkdtemp(join(tmpdir(), "hub-home-"));
    const hf = join(home, ".cache", "huggingface");
    await mkdir(hf, { recursive: true });
    await writeFile(join(hf, "token"), "hf_saved\n");
    const seen: (string | undefined)[] = [];
    const endpoint = await hub((request, response) => {
      seen.push(request.headers.authorization);
      response.end("{}");
    });
    const HOME = { HF_HOME: "", HOME: home };
    await ask(endpoint, { HF_HOME: hf });
    await ask(endpoint, HOME);
    await ask(endpoint, { ...HOME, HF_TOKEN: "hf_given" });
    await ask(endpoint, { HF_TOKEN: "" });
    await rm(home, { recursive: true });
    expect(seen).toEqual(["Bearer hf_saved", "Bearer hf_saved", "Bearer hf_given", undefined]);
  });

  test.each([401, 403])("%d names the licence page and HF_TOKEN", async (status) => {
    const endpoint = await hub(answer(status, { "x-error-code": "GatedRepo" }));
    expect(await ask(endpoint)).toMatchObject({
      status: "refused",
      shortfall: {
        resource: "model-access",
        message: expect.stringContaining("without a token"),
        fix: expect.stringContaining(`${endpoint}/meta-llama/Llama-2-7b-hf, log in`),
      },
    });
    const withToken = await ask(endpoint, { HF_TOKEN: "hf_secret" });
    expect(withToken).toMatchObject({
      shortfall: { fix: expect.stringContaining("the account that the token belongs to") },
    });
    expect(JSON.stringify(withToken)).not.toContain("hf_secret");
  });

  test("404, and 401 for a name that is not there, say so", async () => {
    expect(await ask(await hub(answer(404)))).toMatchObject({
      shortfall: {
        message: expect.stringContaining("does not exist"),
        fix: expect.stringContaining("spelling"),
      },
    });
    open.server?.close();
    expect(await ask(await hub(answer(401, { "x-error-code": "RepoNotFound" })))).toMatchObject({
      shortfall: { message: expect.stringContaining("does not exist") },
    });
  });

  test("404 for the file alone means that the model is there", async () => {
    expect(await ask(await hub(answer(404, { "x-error-code": "EntryNotFound" })))).toEqual({
      status: "open",
      config: undefined,
    });
  });

  test("500, silence and a closed port are an unreachable hub", async () => {
    expect(await ask(await hub(answer(500)))).toMatchObject({
      shortfall: {
        message: expect.stringContaining("answers 500"),
        fix: expect.stringContaining("HF_ENDPOINT"),
      },
    });
    open.server?.close();
    const silent = await hub(() => undefined);
    expect(await ask(silent, {}, 200)).toMatchObject({
      shortfall: { message: expect.stringContaining("no answer within 200 ms") },
    });
    open.server?.closeAllConnections();
    await new Promise((resolve) => open.server!.close(resolve));
    delete open.server;
    expect(await ask(silent)).toMatchObject({
      shortfall: { message: expect.stringContaining("ECONNREFUSED") },
    });
  });

  test("offline, nobody is asked", async () => {
    let asked = 0;
    const endpoint = await hub((_, response) => void response.end(String(asked++)));
    expect(await ask(endpoint, { HF_HUB_OFFLINE: "1" })).toMatchObject({
      shortfall: { message: expect.stringContaining("HF_HUB_OFFLINE") },
    });
    expect(asked).toBe(0);
  });

  test("an endless or broken config is not read to its end", async () => {
    const endless = await hub((_, response) => {
      const pour = () => response.write("x".repeat(65_536), () => !response.destroyed && setImmediate(pour));
      pour();
    });
    expect(await ask(endless)).toEqual({ status: "open", config: undefined });
  });

  test("cancelling a preflight cancels the question", async () => {
    const endpoint = await hub(() => undefined);
    const asking = askHub({
      model: "a/b",
      environment: { HF_ENDPOINT: endpoint },
      signal: AbortSignal.abort(new Error("enough")),
    });
    await expect(asking).rejects.toThrow("enough");
  });
});
