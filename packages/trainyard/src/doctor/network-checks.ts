import { findServer } from "../server-file.ts";
import type { Check, CheckContext } from "./checks.ts";

const HUB_TIMEOUT_MS = 3000;
const DEFAULT_HUB = "https://huggingface.co";

/** Whether a gateway serves this home. */
export async function checkGateway({ home }: CheckContext): Promise<Check> {
  const running = await findServer(home.serverFile);
  const detail = running
    ? `running at ${running.url} (process ${running.pid})`
    : "none running; each command starts its own";
  return { name: "gateway", verdict: "ok", detail };
}

/** Whether models and datasets can be downloaded. */
export async function checkHub({ env }: CheckContext): Promise<Check> {
  const hub = env["HF_ENDPOINT"] || DEFAULT_HUB;
  if (/^(1|true|yes|on)$/i.test(env["HF_HUB_OFFLINE"] ?? ""))
    return { name: "hub", verdict: "ok", detail: "offline, as HF_HUB_OFFLINE says" };
  try {
    await fetch(hub, { method: "HEAD", signal: AbortSignal.timeout(HUB_TIMEOUT_MS) });
    return { name: "hub", verdict: "ok", detail: `${hub} answers` };
  } catch (error) {
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
    const detail = `${hub} does not answer (${cause?.code ?? (error as Error).name})`;
    return {
      name: "hub",
      verdict: "warn",
      detail,
      fix: "Local files and the tiny model work without it; for hub models check the network, or set HF_ENDPOINT to a mirror.",
    };
  }
}
