/** Findings of fuzzing stay fixed, a few mutated inputs are tried in each run, and the law for readers detects violations. */
import { describe, expect, test } from "bun:test";
import { Refusal } from "../../protocol/refusal.ts";
import { createChance } from "../../replay/chance.ts";
import { found } from "./corpus.ts";
import { judged } from "./judged.ts";
import { mutated } from "./mutation.ts";
import { READERS, type Reader } from "./readers.ts";

const INPUTS = 300;

describe.each(READERS.map((reader) => [reader.name, reader] as const))("the reader of %s", (name, reader) => {
  test("takes what it could not take once", async () => {
    const faults = [];
    for (const { name: file, bytes } of found(name)) faults.push([file, await judged(reader, bytes)]);
    expect(faults.filter(([, fault]) => fault !== undefined)).toEqual([]);
  });

  // proves: G19
  test("takes good inputs and spoilt ones, or refuses them", async () => {
    const chance = createChance(7);
    const inputs: Uint8Array[] = reader.corpus.map((text) => new TextEncoder().encode(text));
    while (inputs.length < reader.corpus.length + INPUTS) inputs.push(mutated(reader.corpus, chance));
    const faults = [];
    for (const bytes of inputs) faults.push(await judged(reader, bytes));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });
});

describe("the law", () => {
  const lawOf = async (read: Reader["read"], seconds?: () => number): Promise<string | undefined> =>
    (await judged({ name: "x", corpus: [], read }, new Uint8Array(10), seconds))?.split("\n")[0];

  test("a value and a refusal keep it", async () => {
    const refuse = (): never => {
      throw new Refusal("no", { status: 400 });
    };
    expect([await lawOf(() => ({ a: 1 })), await lawOf(refuse), await lawOf(async () => refuse())]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("any other throw breaks it, soon or late", async () => {
    const fail = (): unknown => (undefined as unknown as string[]).length;
    expect(await lawOf(fail)).toMatch(/^TypeError/);
    expect(await lawOf(async () => fail())).toMatch(/^TypeError/);
  });

  test("time and words without measure break it", async () => {
    const lasting = (...each: readonly number[]) => {
      const instants = each.flatMap((length, at) => [10 * at, 10 * at + length]);
      return (): number => instants.shift() ?? 0;
    };
    const nothing = (): void => {};
    expect(await lawOf(nothing, lasting(0.5, 0.75, 1))).toBe("0.5 s for 10 bytes");
    // the garbage collector may run once
    expect(await lawOf(nothing, lasting(0.5, 0.125))).toBeUndefined();
    expect(await lawOf(() => "x".repeat(1_000_000))).toBe("1000002 characters of 10 bytes");
  });
});

test("a seed gives the same inputs again, and others than the next", () => {
  const inputs = (seed: number): string[] => {
    const chance = createChance(seed);
    return Array.from({ length: 20 }, () => String(mutated(["INVITE sip:a SIP/2.0\r\nVia: x\r\n\r\n"], chance)));
  };
  expect(inputs(1)).toEqual(inputs(1));
  expect(inputs(1)).not.toEqual(inputs(2));
});
