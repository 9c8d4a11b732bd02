/** What is written to a TCP stream in one turn of the event loop goes out as one, in its order. */
import { expect, test } from "bun:test";
import { connectTcp, listenTcp } from "../../transports/tcp.ts";

test("waits until the end of the turn, and counts as sent then", async () => {
  const heard: string[] = [];
  const whole = Promise.withResolvers<void>();
  const listener = await listenTcp({ host: "127.0.0.1", port: 0 }, () => ({
    received: (bytes) => {
      heard.push(new TextDecoder().decode(bytes));
      if (heard.join("").length === 15) whole.resolve();
    },
    closed: () => {},
  }));
  const stream = await connectTcp(listener.local, { received: () => {}, closed: () => {} }, 1_000);
  const sent: number[] = [];
  stream.write("first ", () => sent.push(1));
  stream.write(new TextEncoder().encode("second "), () => sent.push(2));
  stream.write("3.", () => sent.push(3));
  expect([stream.waiting, sent]).toEqual([15, []]);
  await whole.promise;
  expect([heard.join(""), sent, stream.waiting]).toEqual(["first second 3.", [1, 2, 3], 0]);
  stream.destroy();
  await listener.close();
});
