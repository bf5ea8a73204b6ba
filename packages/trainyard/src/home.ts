import { join, resolve } from "node:path";

/** Where the state of the command line lies. */
export interface Home {
  readonly path: string;
  readonly database: string;
  readonly blobs: string;
  /** Working directories of attempts. */
  readonly runs: string;
  /** Address of the gateway that serves this home, mode 0600. */
  readonly serverFile: string;
  /** Addresses of gateways that live as long as one command, a file each. */
  readonly gateways: string;
}

/** The home that `TRAINYARD_HOME` names, else `.trainyard` in the working directory. */
export function findHome(env: NodeJS.ProcessEnv, cwd: string): Home {
  const path = resolve(cwd, env["TRAINYARD_HOME"] || ".trainyard");
  return {
    path,
    database: join(path, "state.db"),
    blobs: join(path, "blobs"),
    runs: join(path, "runs"),
    serverFile: join(path, "server.json"),
    gateways: join(path, "gateways"),
  };
}
