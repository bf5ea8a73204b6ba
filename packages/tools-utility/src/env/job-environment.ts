/** What an installer's job is given of the gateway's environment. */
export interface JobEnvironment {
  readonly env: Readonly<Record<string, string>>;
  /** Names of variables that may hold credentials: handed over by value and never logged. */
  readonly secrets: readonly string[];
}

const PLAIN =
  /^(PATH|HOME|USERPROFILE|LANG|LC_\w+|TMPDIR|TEMP|TMP|XDG_\w+|SYSTEMROOT|PYENV_\w+|SOURCE_DATE_EPOCH)$/;
const SECRET =
  /^(PIP_\w+|UV_\w+|(HTTPS?|ALL|NO)_PROXY|(https?|all|no)_proxy|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NETRC)$/;

/**
 * Picks what pip and uv are configured by: their own variables, proxies, certificates and the home folder. Python's own
 * variables, such as `PYTHONPATH`, stay out, for they would leak into the new environment.
 */
export function jobEnvironment(
  env: NodeJS.ProcessEnv,
  gatewayEnv: NodeJS.ProcessEnv = process.env,
): JobEnvironment {
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const sensitive = set.filter(([name]) => SECRET.test(name));
  // A runtime reads secrets from the gateway's own environment: one that differs there must be given by value.
  const byName = sensitive.filter(([name, value]) => gatewayEnv[name] === value);
  const byValue = sensitive.filter(([name, value]) => gatewayEnv[name] !== value);
  return {
    env: {
      ...Object.fromEntries([...set.filter(([name]) => PLAIN.test(name)), ...byValue]),
      PYTHONNOUSERSITE: "1",
      PYTHONUTF8: "1",
    },
    secrets: byName.map(([name]) => name),
  };
}

/** A line without the credentials that an address in it may carry. */
export function withoutCredentials(line: string): string {
  return line.replaceAll(/(\w+:\/\/)[^\s/@]+@/g, "$1***@");
}
