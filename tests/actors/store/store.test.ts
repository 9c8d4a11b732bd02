/** The stores take and refuse alike, in memory and on disk; what is particular to the disk. */
import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DiskStore } from "../../../actors/store/disk.ts";
import { MemoryStore, Rows } from "../../../actors/store/memory.ts";
import type { CallStore, Saved } from "../../../actors/store/store.ts";
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
const openedAs = <Store extends CallStore>(store: Store): Store => {
  opened.push(store);
  return store;
};

const texts = (...pairs: readonly (readonly [string, string])[]) => new Map(pairs);
const ends = (...ids: readonly string[]) => new Set(ids);
const revisions = (...pairs: readonly (readonly [string, number])[]) => new Map(pairs);
const NOTHING = texts();

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
    const store = openedAs(new DiskStore(file));
    await store.write(texts(["a", "1"]), ends(), revisions());
    const modes = [file, `${file}-wal`].map((each) => statSync(each).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600]);
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

  test("a record is written where another has ended, and never where one of another seat is", async () => {
    const file = fileOf();
    const other = openedAs(new DiskStore(file, "another"));
    await other.write(texts(["o1", "1"], ["o2", "2"]), ends(), revisions());
    await opened.pop()?.close();
    const store = openedAs(new DiskStore(file));
    const known = revisions(["a", 1], ["b", 1], ["c", 1]);
    await store.write(texts(["a", "1"], ["b", "2"], ["c", "3"]), ends(), revisions());
    await store.write(texts(["d", "4"]), ends("b", "c"), known);
    await store.write(texts(["e", "5"], ["f", "6"]), ends(), revisions());
    await opened.pop()?.close();
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
    await openedAs(new DiskStore(file)).write(odd, ends(), revisions());
    await opened.pop()?.close();
    const { saved } = await openedAs(new DiskStore(file)).load();
    expect(new Map(saved.map(({ id, text }) => [id, text]))).toEqual(odd);
  });

  test("of two records with an id the first is written on, and the other one is given once and removed", async () => {
    const file = fileOf();
    await openedAs(new DiskStore(file)).write(texts(["a", "1"]), ends(), revisions());
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
    const store = openedAs(new DiskStore(fileOf()));
    await store.write(texts(["a", "x".repeat(10_000_000)]), ends(), revisions());
    expect((await store.load()).saved).toEqual([{ id: "a", revision: 1, text: "" }]);
  });
});
