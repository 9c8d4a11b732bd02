/** `[calls] store`: what `--check` and the start say of a file that calls cannot be saved in. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { whyNoStore } from "../config/store-file.ts";
import { GOOD } from "./support/config.ts";
import { makeFolder, removeFolder } from "./support/folders.ts";
import { runMain } from "./support/gateway-process.ts";

let folder: string;
beforeEach(() => {
  folder = makeFolder("store");
});
afterEach(() => removeFolder(folder));

test.each([
  ["in no folder", () => join(folder, "none", "calls.db"), () => `there is no folder ${join(folder, "none")}`],
  ["in a file", () => join(folder, "text", "calls.db"), () => `there is no folder ${join(folder, "text")}`],
  ["that is a folder", () => join(folder, "calls"), () => "it is not a file"],
  ["that is no database", () => join(folder, "text"), () => "file is not a database"],
])("a file %s, and nothing is made", async (_, file, why) => {
  writeFileSync(join(folder, "text"), "calls, calls, calls");
  mkdirSync(join(folder, "calls"));
  const line = `[calls] store ${file()}: ${why()}`;
  expect(await whyNoStore(file())).toBe(line);
  const toml = `${GOOD}\n[calls]\nstore = "${file()}"\n`;
  const checked = await runMain(["--check"], toml);
  expect([checked.code, checked.error]).toEqual([1, `carillon: carillon.toml: ${line}`]);
  const started = await runMain([], toml);
  expect([started.code, started.error, started.output]).toEqual([1, `carillon: ${line}`, ""]);
  expect(existsSync(join(folder, "none"))).toBe(false);
});

test("a file that is not there yet, is empty, or is a gateway's that runs, is good", async () => {
  const file = join(folder, "calls.db");
  expect(await whyNoStore(file)).toBeUndefined();
  expect(existsSync(file)).toBe(false);
  writeFileSync(file, "");
  expect(await whyNoStore(file)).toBeUndefined();
  const database = new DatabaseSync(file);
  database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; CREATE TABLE saved (id TEXT)");
  expect(await whyNoStore(file)).toBeUndefined();
  database.close();
});
