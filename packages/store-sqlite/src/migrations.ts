/** Forward migrations: entry n brings `user_version` n to n + 1. Published entries never change. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE runs (
    run_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    goal TEXT,
    principal TEXT NOT NULL,
    spec TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    error TEXT,
    last_seq INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX runs_by_time ON runs (created_at);
  CREATE INDEX runs_by_principal ON runs (principal, created_at);

  CREATE TABLE events (
    run_id TEXT NOT NULL REFERENCES runs (run_id),
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events never change'); END;
  CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;

  CREATE TABLE steps (
    run_id TEXT NOT NULL REFERENCES runs (run_id),
    step_id TEXT NOT NULL,
    tool TEXT NOT NULL,
    status TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    input TEXT,
    outputs TEXT,
    error TEXT,
    cached_from TEXT,
    cache_key TEXT,
    job TEXT,
    UNIQUE (run_id, step_id)
  ) STRICT;
  CREATE INDEX steps_by_cache_key ON steps (cache_key, ended_at)
    WHERE cache_key IS NOT NULL AND status = 'succeeded';

  CREATE TABLE leases (
    run_id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE models (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    ref TEXT NOT NULL,
    manifest TEXT NOT NULL,
    card TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (name, version),
    UNIQUE (name, digest)
  ) STRICT;
  CREATE INDEX models_by_digest ON models (digest);
  CREATE TRIGGER models_stay BEFORE UPDATE ON models BEGIN SELECT RAISE(ABORT, 'model versions never change'); END;
  CREATE TRIGGER models_remain BEFORE DELETE ON models BEGIN SELECT RAISE(ABORT, 'model versions are never deleted'); END;

  CREATE TABLE model_aliases (
    name TEXT NOT NULL,
    alias TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (name, alias),
    FOREIGN KEY (name, version) REFERENCES models (name, version)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE model_inputs (
    input TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (input, name, version),
    FOREIGN KEY (name, version) REFERENCES models (name, version)
  ) STRICT, WITHOUT ROWID;
  `,
];
