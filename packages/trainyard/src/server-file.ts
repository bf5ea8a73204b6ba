import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Where a running gateway can be found. */
export interface ServerAddress {
  readonly url: string;
  readonly pid: number;
}

const PROBE_TIMEOUT_MS = 2000;

/** The gateway that a server file names, if it lives and answers. */
export async function findServer(path: string): Promise<ServerAddress | undefined> {
  const address = await readServerFile(path);
  // After a crash another gateway may answer at the old address; it is not the one of this home.
  return address && isAlive(address.pid) && (await answers(address.url)) ? address : undefined;
}

/** Writes the address, whole or not at all, for its owner only. */
export async function writeServerFile(path: string, address: ServerAddress): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(draft, `${JSON.stringify(address)}\n`, { mode: 0o600 });
  await rename(draft, path);
}

/** Removes the file if it still names this process. */
export async function removeServerFile(path: string): Promise<void> {
  const address = await readServerFile(path);
  if (address?.pid === process.pid) await rm(path, { force: true });
}

/** The gateways with a file in `folder` that answer; files of those that do not are removed. */
export async function findPeers(folder: string): Promise<readonly ServerAddress[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const peer = await findServer(path);
      if (!peer) await rm(path, { force: true });
      return peer;
    }),
  );
  return found.filter((peer) => peer !== undefined);
}

/** Whether a Trainyard gateway answers at `url`. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL("/healthz", url), {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
      redirect: "error",
    });
    const body = (await response.json()) as { readonly status?: unknown } | null;
    return response.ok && body?.status === "ok";
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function readServerFile(path: string): Promise<ServerAddress | undefined> {
  try {
    const { url, pid } = JSON.parse(await readFile(path, "utf8")) as Partial<ServerAddress>;
    return typeof url === "string" && typeof pid === "number" ? { url, pid } : undefined;
  } catch {
    return undefined;
  }
}
