import type { DatabaseSync } from "node:sqlite";
import { type ModelStore, type ModelVersion, TrainyardError } from "@trainyard/core";
import type { Access } from "./access.ts";
import { fromText, toText } from "./json-text.ts";
import { checkAlias, checkName, checkRegistration, type ModelRegistration } from "./model-input.ts";
import { MODEL_COLUMNS, type ModelRow, toModel } from "./model-rows.ts";
import { checkInteger } from "./run-input.ts";

/** The model registry on a database that {@link Access} guards. */
export function createModelStore(db: DatabaseSync, access: Access): ModelStore {
  const sql = prepare(db);

  function find(name: string, which: number | string): ModelVersion | undefined {
    const version = typeof which === "number" || /^\d+$/.test(which);
    const row = version ? sql.byVersion.get(name, Number(which)) : sql.byAlias.get(name, which);
    return row && toModel(row as unknown as ModelRow);
  }

  function add(model: ModelRegistration): ModelVersion {
    const { name, ref, manifest, card } = model;
    const known = sql.byDigest.get(name, ref.digest);
    if (known) return toModel(known as unknown as ModelRow);
    const version = Number(sql.next.get(name)?.["version"]);
    sql.insert.run(name, version, ref.digest, toText(ref), toText(manifest), card, Date.now());
    for (const input of new Set(Object.values(manifest.inputs))) sql.insertInput.run(input, name, version);
    sql.putAlias.run(name, "latest", version);
    return find(name, version) as ModelVersion;
  }

  function moveAlias(name: string, alias: string, version: number): void {
    if (!find(name, version)) throw notFound(name, version);
    sql.putAlias.run(name, alias, version);
  }

  function parentsOf(digest: string): string[] {
    const manifests = sql.manifests
      .all(digest)
      .map((row) => fromText<ModelVersion["manifest"]>(String(row["manifest"])));
    return [...new Set(manifests.flatMap((manifest) => Object.values(manifest?.inputs ?? {})))];
  }

  return {
    register: async (model) => {
      checkRegistration(model);
      return access.write(() => add(model));
    },
    get: (name, which = "latest") => access.read(() => find(name, which)),
    list: async ({ name, limit } = {}) => {
      if (limit !== undefined) checkInteger("limit", limit, 1);
      return access.read(() =>
        (sql.list.all({ name: name ?? null, limit: limit ?? -1 }) as unknown as ModelRow[]).map(toModel),
      );
    },
    setAlias: async (name, alias, version) => {
      checkName("model", name);
      checkAlias(alias);
      checkInteger("version", version, 1);
      return access.write(() => moveAlias(name, alias, version));
    },
    removeAlias: async (name, alias) => {
      checkAlias(alias);
      await access.write(() => sql.removeAlias.run(name, alias));
    },
    lineage: (digest) =>
      access.read(() => ({
        parents: parentsOf(digest),
        children: (sql.children.all(digest) as unknown as ModelRow[]).map(toModel),
      })),
  };
}

function prepare(db: DatabaseSync) {
  const select = `SELECT ${MODEL_COLUMNS} FROM models`;
  return {
    byVersion: db.prepare(`${select} WHERE name = ? AND version = ?`),
    byDigest: db.prepare(`${select} WHERE name = ? AND digest = ?`),
    byAlias: db.prepare(
      `${select} WHERE name = ?1 AND version = (SELECT version FROM model_aliases WHERE name = ?1 AND alias = ?2)`,
    ),
    list: db.prepare(
      `${select} WHERE :name IS NULL OR name = :name ORDER BY created_at DESC, rowid DESC LIMIT :limit`,
    ),
    children: db.prepare(
      `${select} WHERE (name, version) IN (SELECT name, version FROM model_inputs WHERE input = ?) ORDER BY rowid`,
    ),
    manifests: db.prepare("SELECT manifest FROM models WHERE digest = ? ORDER BY rowid"),
    next: db.prepare("SELECT coalesce(max(version), 0) + 1 AS version FROM models WHERE name = ?"),
    insert: db.prepare(
      "INSERT INTO models (name, version, digest, ref, manifest, card, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    insertInput: db.prepare("INSERT INTO model_inputs (input, name, version) VALUES (?, ?, ?)"),
    putAlias: db.prepare(`
      INSERT INTO model_aliases (name, alias, version) VALUES (?, ?, ?)
      ON CONFLICT (name, alias) DO UPDATE SET version = excluded.version`),
    removeAlias: db.prepare("DELETE FROM model_aliases WHERE name = ? AND alias = ?"),
  };
}

function notFound(name: string, version: number): TrainyardError {
  return new TrainyardError(
    "MODEL_NOT_FOUND",
    `Model \`${name}\` has no version ${version}; list the models to see what there is.`,
  );
}
