/** Temporary folders of tests: made by support/folders.ts alone, and removed after the run, whatever happened in it. */
import { expect, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../support/folders.ts";

const ROOT = join(import.meta.dir, "../..");
/** The lab's folders are in a mount of its own (lab/run.ts), which ends with the run. */
const OWN_MOUNT = "lab/";

test("no other file of the tests makes temporary folders", async () => {
  const makers: string[] = [];
  for (const file of new Bun.Glob("**/*.ts").scanSync(join(ROOT, "tests")))
    if (!file.startsWith(OWN_MOUNT) && /\bmkdtemp(Sync)?\(/.test(await Bun.file(join(ROOT, "tests", file)).text()))
      makers.push(file);
  expect(makers).toEqual(["support/folders.ts"]);
});

const SUPPORT = JSON.stringify(join(ROOT, "tests/support/folders.ts"));
const HEAD = `import { test, describe } from "bun:test"; import { makeFolder } from ${SUPPORT};`;

test.each([
  ["a test that fails", `test("fails", () => { makeFolder("left"); throw new Error("as it should"); });`],
  [
    "tests that are skipped",
    `describe.skip("skipped", () => { makeFolder("left"); test("not run", () => {}); }); test("runs", () => {});`,
  ],
])("%s leaves no folder", async (_, text) => {
  const folder = makeFolder("house");
  const file = join(folder, "leaves.test.ts");
  writeFileSync(file, `${HEAD}\n${text}\n`);
  const run = Bun.spawn([process.execPath, "test", file], {
    cwd: ROOT,
    env: { ...process.env, TMPDIR: folder },
    stdout: "ignore",
    stderr: "ignore",
  });
  await run.exited;
  expect(readdirSync(folder).filter((name) => name.startsWith("carillon-left"))).toEqual([]);
});
