import { BlockList, isIP } from "node:net";
import type { IncomingMessage } from "node:http";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether an address or host name means this machine only. */
export function isLoopbackHost(host: string): boolean {
  const address = host.replace(/%.*$/, "");
  const version = isIP(address);
  return version === 0 ? host === "localhost" : loopback.check(address, version === 4 ? "ipv4" : "ipv6");
}

/** Says why a request must not be served, or undefined when it may be. */
export function refusal(req: IncomingMessage): string | undefined {
  if (!isLocalPeer(req)) return "The gateway serves this machine only.";
  if (!isLocalAuthority(req.headers.host)) {
    return "The Host header must name localhost, 127.0.0.1 or [::1].";
  }
  const { origin } = req.headers;
  if (origin !== undefined && !isLocalOrigin(origin)) {
    return "The Origin header must be absent or name localhost, 127.0.0.1 or [::1].";
  }
  return undefined;
}

function isLocalPeer(req: IncomingMessage): boolean {
  const address = req.socket.remoteAddress;
  // A Unix socket has no address.
  return address === undefined || isLoopbackHost(address.replace(/^::ffff:/, ""));
}

function isLocalAuthority(host: string | undefined): boolean {
  const name = /^(\[[^\]]*\]|[^:]*)(:\d{1,5})?$/.exec(host ?? "")?.[1];
  return name !== undefined && LOOPBACK_NAMES.has(name.toLowerCase());
}

function isLocalOrigin(origin: string): boolean {
  const match = /^https?:\/\/(.+)$/i.exec(origin);
  return match !== null && isLocalAuthority(match[1]);
}
