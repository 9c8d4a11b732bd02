/** Writing behind the backs of the calls: what is written when, and what becomes of a store that fails. */
import { describe, expect, test } from "bun:test";
import type { LogEvent } from "../../../actors/log.ts";
import { MemoryStore, Rows } from "../../../actors/store/memory.ts";
import type { CallStore } from "../../../actors/store/store.ts";
import { StoreWriter } from "../../../actors/store/writer.ts";
import { createClock, settle } from "../../../replay/clock.ts";

function made(store: CallStore = new MemoryStore()) {
  const clock = createClock();
  const logged: LogEvent[] = [];
  let fenced = 0;
  const log = (event: LogEvent): void => void logged.push(event);
  const writer = new StoreWriter({ store, clock, log, fenced: () => fenced++ });
  const events = (): string[] => logged.map(({ event }) => event);
  return { store, clock, writer, events, fenced: () => fenced };
}
const textsIn = async (store: CallStore): Promise<string[]> => (await store.load()).saved.map(({ text }) => text);

/** A store that counts its batches, and fails or waits as it is told. */
class Troubled extends MemoryStore {
  batches = 0;
  fails = false;
  waits: Promise<void> | undefined;
  override async write(...batch: Parameters<MemoryStore["write"]>): Promise<"ok" | "fenced"> {
    this.batches++;
    await this.waits;
    if (this.fails) throw new Error("the disk is full");
    return super.write(...batch);
  }
}

test("the latest state of each is written in one batch, 5 ms after the first change", async () => {
  const troubled = new Troubled();
  const { clock, writer, store } = made(troubled);
  let state = 1;
  writer.changed("a", () => ({ state }));
  await clock.advance(3);
  state = 2;
  writer.changed("a", () => ({ state }));
  writer.changed("b", () => ({ state: "b" }));
  await clock.advance(1);
  expect(await textsIn(store)).toEqual([]);
  await clock.advance(1);
  expect(await textsIn(store)).toEqual(['{"state":2}', '{"state":"b"}']);
  expect([troubled.batches, writer.waiting, clock.armed]).toEqual([1, 0, 0]);
});

/** Tells `told` each id that is written. */
const waits = (writer: StoreWriter, id: string, told: string[]): void =>
  writer.changed(
    id,
    () => ({}),
    () => void told.push(id),
  );

test("who waits is told at the end of the turn, all of the turn by one batch", async () => {
  const troubled = new Troubled();
  const { clock, writer, store } = made(troubled);
  const told: string[] = [];
  for (const id of ["a", "b", "c"]) waits(writer, id, told);
  expect([told, troubled.batches]).toEqual([[], 0]);
  await settle();
  expect([told, troubled.batches, writer.waiting, clock.armed]).toEqual([["a", "b", "c"], 1, 0, 0]);
  expect((await store.load()).saved.map(({ id }) => id)).toEqual(["a", "b", "c"]);
});

test("a batch takes along ends and what has waited for 2 ms; what is younger may end before it is written", async () => {
  const troubled = new Troubled();
  const { clock, writer, store } = made(troubled);
  const idsIn = async (): Promise<string[]> => (await store.load()).saved.map(({ id }) => id);
  const told: string[] = [];
  waits(writer, "gone", told);
  await settle();
  writer.changed("old", () => ({}));
  await clock.advance(2);
  writer.changed("young", () => ({}));
  writer.changed("lasting", () => ({}));
  writer.ended("gone");
  waits(writer, "a", told);
  await settle();
  expect([await idsIn(), troubled.batches]).toEqual([["a", "old"], 2]);
  writer.ended("young");
  await clock.advance(5);
  expect([await idsIn(), troubled.batches, writer.waiting, clock.armed]).toEqual([["a", "old", "lasting"], 3, 0, 0]);
});

test("what changes again and again is written 5 ms after its first change", async () => {
  const { clock, writer, store } = made();
  for (let state = 0; state < 9; state++) {
    writer.changed("a", () => ({ state }));
    await clock.advance(1);
  }
  expect(await textsIn(store)).toEqual(['{"state":4}']);
  await clock.advance(5);
  expect(await textsIn(store)).toEqual(['{"state":8}']);
});

test("who comes while a batch is written is told by the next one, which follows at once", async () => {
  const troubled = new Troubled();
  const { clock, writer } = made(troubled);
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const told: string[] = [];
  troubled.waits = first.promise;
  waits(writer, "a", told);
  await settle();
  troubled.waits = second.promise;
  for (const id of ["b", "c"]) {
    waits(writer, id, told);
    await clock.advance(10);
  }
  expect([told, troubled.batches]).toEqual([[], 1]);
  first.resolve();
  await settle();
  expect([told, troubled.batches]).toEqual([["a"], 2]);
  second.resolve();
  await settle();
  expect([told, troubled.batches, writer.waiting, clock.armed]).toEqual([["a", "b", "c"], 2, 0, 0]);
});

test("what is written by a store that does not wait needs no turn of its own", async () => {
  const { writer } = made();
  const told: string[] = [];
  waits(writer, "a", told);
  await Promise.resolve();
  expect(told).toEqual(["a"]);
});

test("what ends leaves no row, and what ends before it was saved is never written", async () => {
  const troubled = new Troubled();
  const { clock, writer, store } = made(troubled);
  writer.changed("a", () => ({}));
  await clock.advance(5);
  writer.changed("b", () => ({}));
  writer.ended("b");
  await clock.advance(5);
  expect(troubled.batches).toBe(1);
  writer.changed("a", () => ({}));
  writer.ended("a");
  await clock.advance(5);
  expect([await textsIn(store), troubled.batches]).toEqual([[], 2]);
});

test("what ends while its first batch is on its way leaves no row", async () => {
  const troubled = new Troubled();
  const { clock, writer, store } = made(troubled);
  const gate = Promise.withResolvers<void>();
  troubled.waits = gate.promise;
  writer.changed("a", () => ({}));
  await clock.advance(5);
  writer.ended("a");
  gate.resolve();
  await clock.advance(5);
  expect([await textsIn(store), troubled.batches, writer.waiting]).toEqual([[], 2, 0]);
});

test("what is loaded is replaced and removed", async () => {
  const { clock, writer, store } = made();
  await store.write(new Map([["a", "old"]]), new Set(), new Map());
  writer.know(await store.load());
  writer.changed("a", () => ({ is: "new" }));
  await clock.advance(5);
  expect(await textsIn(store)).toEqual(['{"is":"new"}']);
  writer.ended("a");
  await clock.advance(4);
  expect(await textsIn(store)).toEqual(['{"is":"new"}']);
  await clock.advance(1);
  expect(await textsIn(store)).toEqual([]);
});

describe("a store that fails", () => {
  test("is tried again each second, is logged once, and has the latest of all at the end", async () => {
    const troubled = new Troubled();
    const { clock, writer, store, events } = made(troubled);
    troubled.fails = true;
    writer.changed("a", () => ({ of: "a" }));
    writer.changed("b", () => ({ of: "b" }));
    await clock.advance(2_500);
    writer.ended("b");
    writer.changed("c", () => ({ of: "c" }));
    expect([events(), troubled.batches]).toEqual([["store.failed"], 3]);
    troubled.fails = false;
    await clock.advance(1_000);
    expect(await textsIn(store)).toEqual(['{"of":"a"}', '{"of":"c"}']);
    expect([writer.waiting, clock.armed]).toEqual([0, 0]);
  });

  test("is tried again each second, though calls are answered all the time, and none of them waits", async () => {
    const troubled = new Troubled();
    const { clock, writer, store } = made(troubled);
    troubled.fails = true;
    let told = 0;
    const answered = async (id: string): Promise<void> => {
      writer.changed(
        id,
        () => ({}),
        () => void told++,
      );
      await clock.advance(300);
    };
    for (let each = 1; each <= 10; each++) {
      await answered(`${each}`);
      expect(told).toBe(each);
    }
    expect(troubled.batches).toBeGreaterThanOrEqual(3);
    troubled.fails = false;
    for (let each = 11; each <= 15; each++) await answered(`${each}`);
    expect((await store.load()).saved.length).toBe(15);
  });

  // proves: O11
  test("hangs: nobody waits for it longer than a second, it is logged once, and what has changed meanwhile is written after it", async () => {
    const troubled = new Troubled();
    const { clock, writer, store, events } = made(troubled);
    const gate = Promise.withResolvers<void>();
    troubled.waits = gate.promise;
    const told: string[] = [];
    const changes = (id: string): void =>
      writer.changed(
        id,
        () => ({ of: id }),
        () => void told.push(id),
      );
    changes("a");
    await clock.advance(500);
    changes("b");
    await clock.advance(499);
    expect([told, events()]).toEqual([[], []]);
    await clock.advance(1);
    expect([told, events()]).toEqual([["a", "b"], ["store.failed"]]);
    changes("c");
    await clock.advance(10_000);
    expect([told, writer.unsaved, troubled.batches]).toEqual([["a", "b", "c"], 3, 1]);
    gate.resolve();
    await clock.advance(1_000);
    expect([events(), await textsIn(store)]).toEqual([
      ["store.failed", "store.written"],
      ['{"of":"a"}', '{"of":"b"}', '{"of":"c"}'],
    ]);
    expect([told, writer.unsaved, clock.armed]).toEqual([["a", "b", "c"], 0, 0]);
  });

  test("says which state cannot be put into words, and writes the others", async () => {
    const { clock, writer, store, events } = made();
    writer.changed("a", () => {
      throw new Error("a fault of ours");
    });
    writer.changed("b", () => ({}));
    await clock.advance(5);
    expect([await textsIn(store), events()]).toEqual([["{}"], ["store.unsaved"]]);
  });
});

test("whose seat is another's is told once, and writes nothing more", async () => {
  const rows = new Rows();
  const { clock, writer, fenced } = made(new MemoryStore(rows));
  writer.changed("a", () => ({}));
  await clock.advance(5);
  await new MemoryStore(rows).write(new Map([["a", "another's"]]), new Set(), new Map([["a", 1]]));
  for (const id of ["a", "b"]) {
    writer.changed(id, () => ({}));
    await clock.advance(5_000);
  }
  expect(fenced()).toBe(1);
  expect(await textsIn(new MemoryStore(rows))).toEqual(["another's"]);
});

test("a flush waits for the batch that is on its way, and writes what has come since", async () => {
  const troubled = new Troubled();
  const { clock, writer, store } = made(troubled);
  const gate = Promise.withResolvers<void>();
  troubled.waits = gate.promise;
  writer.changed("a", () => ({ of: "a" }));
  await clock.advance(5);
  writer.changed("b", () => ({ of: "b" }));
  let isDone = false;
  const flushed = writer.flush().then(() => {
    isDone = true;
  });
  await settle();
  expect(isDone).toBe(false);
  gate.resolve();
  await flushed;
  expect(await textsIn(store)).toEqual(['{"of":"a"}', '{"of":"b"}']);
});
