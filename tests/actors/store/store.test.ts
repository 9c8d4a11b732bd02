/** The stores take and refuse alike, in memory and on disk; what is particular to the disk. */
import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Batch, bodyOf } from "../../../actors/store/batch.ts";
import { BatchLog } from "../../../actors/store/batch-log.ts";
import { type DiskLimits, DiskStore } from "../../../actors/store/disk.ts";
import { MemoryStore, Rows } from "../../../actors/store/memory.ts";
import type { CallStore, Saved } from "../../../actors/store/store.ts";
import { SavedTable } from "../../../actors/store/table.ts";
import { makeFolder, removeFolder } from "../../support/folders.ts";

const folder = makeFolder("store");
const opened: CallStore[] = [];
let files = 0;

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});
afterAll(() => removeFolder(folder));

const fileOf = (): string => join(folder, `${++files}.db`);
const rows = new Rows();
async function loaded(file: string, seat = "", limits: Partial<DiskLimits> = {}): Promise<DiskStore> {
  const store = openedAs(new DiskStore(file, seat, limits));
  await store.load();
  return store;
}
const openedAs = <Store extends CallStore>(store: Store): Store => {
  opened.push(store);
  return store;
};

const texts = (...pairs: readonly (readonly [string, string])[]) => new Map(pairs);
const ends = (...ids: readonly string[]) => new Set(ids);
const revisions = (...pairs: readonly (readonly [string, number])[]) => new Map(pairs);
const NOTHING = texts();

/** The same bytes, one of them changed. */
function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}

/** A statement on the closed file of a store. */
function inFile<Result>(file: string, run: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(file);
  try {
    return run(database);
  } finally {
    database.close();
  }
}
const slotsIn = (file: string): unknown[] =>
  inFile(file, (database) => database.prepare("SELECT id, slot FROM saved ORDER BY id").all()).map(Object.values);

const kinds: readonly (readonly [string, (place: string, seat?: string) => CallStore])[] = [
  ["memory", (_, seat) => openedAs(new MemoryStore(rows, seat))],
  ["disk", (place, seat) => openedAs(new DiskStore(place, seat))],
];

describe.each(kinds)("a store in %s", (_, open) => {
  test("gives back what was written, to the same seat and no other", async () => {
    const place = fileOf();
    const store = open(place, `one ${place}`);
    expect(await store.load()).toEqual({ start: 1, saved: [] });
    expect(await store.write(texts(["a", "1"], ["b", "2"]), ends(), revisions())).toBe("ok");
    expect(await store.write(texts(["a", "3"]), ends("b"), revisions(["a", 1], ["b", 1]))).toBe("ok");
    await store.close();
    expect(await open(place, `one ${place}`).load()).toEqual({
      start: 2,
      saved: [{ id: "a", revision: 2, text: "3" }],
    });
    await opened.pop()?.close();
    expect(await open(place, "another").load()).toEqual({ start: 1, saved: [] });
  });

  test.each([
    ["a text that is there already", texts(["a", "2"]), ends(), revisions()],
    ["one of an older revision", texts(["a", "2"]), ends(), revisions(["a", 7])],
    ["one that is not there any more", texts(["gone", "2"]), ends(), revisions(["gone", 1])],
    ["an end of another revision", NOTHING, ends("a"), revisions(["a", 2])],
    ["an end of nothing", NOTHING, ends("gone"), revisions(["gone", 1])],
  ])("whoever has been replaced writes nothing: %s", async (what, saves, ended, known) => {
    const store = open(fileOf(), what);
    await store.load();
    await store.write(texts(["a", "1"]), ends(), revisions());
    expect(await store.write(new Map([["new", "x"], ...saves]), ended, known)).toBe("fenced");
    expect((await store.load()).saved).toEqual([{ id: "a", revision: 1, text: "1" }]);
  });
});

describe("on disk", () => {
  test("a file is one process's, and readable by its owner alone", async () => {
    const file = fileOf();
    const first = openedAs(new DiskStore(file));
    await first.load();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await expect(openedAs(new DiskStore(file)).load()).rejects.toThrow("it is in use by another process");
    await first.close();
    expect((await openedAs(new DiskStore(file)).load()).saved).toEqual([]);
  });

  test("a file that others could read is kept from them, and what is written beside it, too", async () => {
    const file = fileOf();
    writeFileSync(file, "", { mode: 0o644 });
    await (await loaded(file)).write(texts(["a", "1"]), ends(), revisions());
    const modes = [file, `${file}-wal`, `${file}-log1`].map((each) => statSync(each).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o600]);
  });

  test("what is no database, what is newer than we are, and what cannot be made is said", async () => {
    const [text, newer] = [fileOf(), fileOf()];
    writeFileSync(text, "no database at all".repeat(100));
    const database = new DatabaseSync(newer);
    database.exec("PRAGMA user_version = 99");
    database.close();
    await expect(openedAs(new DiskStore(text)).load()).rejects.toThrow("file is not a database");
    await expect(openedAs(new DiskStore(newer)).load()).rejects.toThrow(
      "it was written by a newer version of Carillon",
    );
    await expect(openedAs(new DiskStore(join(folder, "none", "x.db"))).load()).rejects.toThrow("ENOENT");
  });

  test("what an older version has written is brought up to date", async () => {
    const file = fileOf();
    inFile(file, (database) =>
      database.exec(
        `CREATE TABLE saved
           (seat TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (seat, id)) WITHOUT ROWID;
         CREATE TABLE started (seat TEXT PRIMARY KEY, starts INTEGER NOT NULL) WITHOUT ROWID;
         INSERT INTO saved VALUES ('', 'a', 3, '1'), ('another', 'a', 1, '2');
         INSERT INTO started VALUES ('', 4);
         PRAGMA user_version = 1`,
      ),
    );
    const store = openedAs(new DiskStore(file));
    expect(await store.load()).toEqual({ start: 5, saved: [{ id: "a", revision: 3, text: "1" }] });
    expect(await store.write(texts(["a", "3"], ["b", "4"]), ends(), revisions(["a", 3]))).toBe("ok");
    await opened.pop()?.close();
    expect((await openedAs(new DiskStore(file, "another")).load()).saved).toEqual([
      { id: "a", revision: 1, text: "2" },
    ]);
  });

  test("a record is written where another has ended, and never where one of another seat is", () => {
    const file = fileOf();
    const written = (seat: string, ...batches: readonly Batch[]): void => {
      const table = new SavedTable(file, seat);
      for (const batch of batches) table.write(batch);
      table.close();
    };
    const saves = (...ids: readonly string[]) => ids.map((id) => ({ id, revision: 0, text: id }));
    const gone = ["b", "c"].map((id) => ({ id, revision: 1 }));
    written("another", { saves: saves("o1", "o2"), ends: [] });
    written(
      "",
      { saves: saves("a", "b", "c"), ends: [] },
      { saves: saves("d"), ends: gone },
      { saves: saves("e", "f"), ends: [] },
    );
    expect(slotsIn(file)).toEqual([
      ["a", 3],
      ["d", 5],
      ["e", 4],
      ["f", 6],
      ["o1", 1],
      ["o2", 2],
    ]);
  });

  test("ids and texts of any characters come back as they were", async () => {
    const file = fileOf();
    const odd = texts(["owed 1\n2 3 -1\n", '{"Grüße":"\n \u{1f514}"}'], [" ", ""], ["-1", "0 1 -1\nx"]);
    await (await loaded(file)).write(odd, ends(), revisions());
    await opened.pop()?.close();
    const { saved } = await openedAs(new DiskStore(file)).load();
    expect(new Map(saved.map(({ id, text }) => [id, text]))).toEqual(odd);
  });

  test("of two records with an id the first is written on, and the other one is given once and removed", async () => {
    const file = fileOf();
    await (await loaded(file)).write(texts(["a", "1"]), ends(), revisions());
    await opened.pop()?.close();
    inFile(file, (database) =>
      database.exec("INSERT INTO saved (seat, id, revision, text) VALUES ('', 'a', 7, '2'), ('', x'62', 9e18, x'33')"),
    );
    const store = openedAs(new DiskStore(file));
    const [a, again, b] = ["1", "2", "3"].map((text) => ({ id: text === "3" ? "b" : "a", revision: 1, text }));
    expect((await store.load()).saved).toEqual([a, again, b] as Saved[]);
    expect(await store.write(texts(["a", "3"]), ends("b"), revisions(["a", 1], ["b", 1]))).toBe("ok");
    expect((await store.load()).saved).toEqual([{ id: "a", revision: 2, text: "3" }]);
  });

  test("a text longer than any call's is given as an empty one", async () => {
    const store = await loaded(fileOf());
    await store.write(texts(["a", "x".repeat(10_000_000)]), ends(), revisions());
    expect((await store.load()).saved).toEqual([{ id: "a", revision: 1, text: "" }]);
  });

  test("what a killed process has appended is there at the next start, but for a record that is not whole", async () => {
    const file = fileOf();
    const store = await loaded(file);
    await store.write(texts(["a", "1"], ["b", "2"]), ends(), revisions());
    await store.write(texts(["a", "3"]), ends("b"), revisions(["a", 1], ["b", 1]));
    const killed = `${file}-killed-log1`;
    copyFileSync(`${file}-log1`, killed);
    await opened.pop()?.close();
    const whole = readFileSync(killed);
    const halves = [whole.subarray(0, -1), Buffer.concat([whole, Buffer.alloc(100)]), flipped(whole, whole.length - 2)];
    const found = [];
    for (const bytes of [whole, ...halves, whole.subarray(0, 9), Buffer.alloc(0)]) {
      const next = fileOf();
      writeFileSync(`${next}-log1`, bytes);
      found.push((await openedAs(new DiskStore(next)).load()).saved.map(({ id, text }) => `${id}${text}`).toSorted());
    }
    expect(found).toEqual([["a3"], ["a1", "b2"], ["a3"], ["a1", "b2"], [], []]);
  });

  test("of two logs the older one is merged first", async () => {
    const file = fileOf();
    const [older, newer] = [new BatchLog(`${file}-log1`, 7), new BatchLog(`${file}-log0`, 8)];
    newer.append(bodyOf(texts(["a", "newer"]), ends("b"), revisions(["a", 1], ["b", 1])));
    older.append(bodyOf(texts(["a", "older"], ["b", "older"]), ends(), revisions()));
    for (const each of [older, newer]) each.close();
    const { saved } = await openedAs(new DiskStore(file)).load();
    expect(saved).toEqual([{ id: "a", revision: 2, text: "newer" }]);
  });

  test("a log that is full is merged while the other one is written, and nothing is lost between", async () => {
    const file = fileOf();
    const store = await loaded(file, "", { full: 1_000 });
    const known = new Map<string, number>();
    for (let batch = 0; batch < 200; batch++) {
      const id = `${batch % 7}`;
      expect(await store.write(texts([id, `${batch}`.repeat(50)]), ends(), known)).toBe("ok");
      known.set(id, (known.get(id) ?? 0) + 1);
      if (batch % 20 === 0) await Bun.sleep(1);
    }
    await opened.pop()?.close();
    expect(readdirSync(folder).filter((name) => name.startsWith(`${basename(file)}-log`))).toEqual([]);
    const { saved } = await openedAs(new DiskStore(file)).load();
    expect(saved.map(({ text }) => text.slice(0, 3)).toSorted()).toEqual([
      "193",
      "194",
      "195",
      "196",
      "197",
      "198",
      "199",
    ]);
  });

  test("a log that cannot be turned over is bounded, says why, and goes on when it can", async () => {
    const file = fileOf();
    const store = await loaded(file, "", { full: 1_000, most: 3_000 });
    mkdirSync(`${file}-log0`);
    const known = new Map<string, number>();
    const write = (): unknown => store.write(texts(["a", "x".repeat(500)]), ends(), known);
    for (let batch = 0; batch < 6; batch++) {
      expect(write()).toBe("ok");
      known.set("a", batch + 1);
    }
    expect(write).toThrow("its log is full: EEXIST");
    rmdirSync(`${file}-log0`);
    expect(write()).toBe("ok");
    await opened.pop()?.close();
    expect((await openedAs(new DiskStore(file)).load()).saved.map(({ revision }) => revision)).toEqual([7]);
  });

  test("while the disk is slow another thread writes", async () => {
    const file = fileOf();
    const store = await loaded(file, "", { slow: 0 });
    expect(store.write(texts(["a", "1"]), ends(), revisions())).toBe("ok");
    const later = store.write(texts(["b", "2"]), ends(), revisions());
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toBe("ok");
    await opened.pop()?.close();
    expect((await openedAs(new DiskStore(file)).load()).saved.length).toBe(2);
  });
});
