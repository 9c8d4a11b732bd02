/** The ports of test servers: two listeners never get the same one. */
import { expect, test } from "bun:test";
import { openUdp } from "../../transports/udp.ts";
import { freePort, freePorts } from "../support/ports.ts";

test("ports are given once, whoever asks meanwhile", async () => {
  const asked = await Promise.all(Array.from({ length: 50 }, () => freePorts("one", "other")));
  expect(new Set(asked.flatMap(({ one, other }) => [one, other])).size).toBe(100);
});

test("a port is given to no other process: the one above it is held", async () => {
  const port = (await freePort()) + 1;
  const open = openUdp({ host: "127.0.0.1", port }, { received: () => {}, failed: () => {} });
  await expect(open).rejects.toThrow("EADDRINUSE");
});
