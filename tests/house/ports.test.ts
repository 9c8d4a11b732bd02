/** The ports of test servers: two listeners never get the same one. */
import { expect, test } from "bun:test";
import { freePorts } from "../support/ports.ts";

test("ports are given once, whoever asks meanwhile", async () => {
  const asked = await Promise.all(Array.from({ length: 50 }, () => freePorts("one", "other")));
  expect(new Set(asked.flatMap(({ one, other }) => [one, other])).size).toBe(100);
});
