/** What every transport keeps, whatever it is made of: one suite for the real ones and those in memory. */
import { afterEach, describe, expect, test } from "bun:test";
import type {
  Address,
  ByteStream,
  Connect,
  Datagrams,
  Listen,
  Listener,
  OpenDatagrams,
  StreamEvents,
} from "../../transports/transport.ts";

/** Lets time pass until the promise is kept: for the real ones it passes by itself. */
export type Until = <Value>(promise: Promise<Value>) => Promise<Value>;

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (string: string): Uint8Array => new TextEncoder().encode(string);

export function datagramsKeep(name: string, open: OpenDatagrams, until: Until): void {
  describe(name, () => {
    const opened: Datagrams[] = [];
    afterEach(async () => {
      for (const socket of opened.splice(0)) await until(socket.close());
    });
    const socket = async (host: string, received: (bytes: Uint8Array, from: Address) => void = () => {}) => {
      const made = await until(open({ host, port: 0 }, { received, failed: () => {} }));
      opened.push(made);
      return made;
    };

    test.each(["127.0.0.1", "::1"])("a datagram arrives whole, with the address it came from (%s)", async (host) => {
      const arrived = Promise.withResolvers<[string, Address]>();
      const there = await socket(host, (datagram, from) => arrived.resolve([text(datagram), from]));
      const here = await socket(host);
      here.send(bytes("OPTIONS sip:a SIP/2.0\r\n\r\n"), there.local);
      expect(await until(arrived.promise)).toEqual(["OPTIONS sip:a SIP/2.0\r\n\r\n", here.local]);
    });

    test("port 0 binds a port and tells which", async () => {
      expect((await socket("127.0.0.1")).local.port).toBeGreaterThan(0);
    });

    test("an address that is taken is refused", async () => {
      const first = await socket("127.0.0.1");
      const second = open(first.local, { received: () => {}, failed: () => {} });
      expect(await until(second.then(() => "bound").catch(() => "refused"))).toBe("refused");
    });

    test("a send tells that it has left", async () => {
      const [here, there] = [await socket("127.0.0.1"), await socket("127.0.0.1")];
      const sent = new Promise<Error | undefined>((resolve) => here.send(bytes("x"), there.local, resolve));
      expect(await until(sent)).toBeUndefined();
    });

    test("a send after closing is told to its callback and throws nothing", async () => {
      const here = await socket("127.0.0.1");
      await until(here.close());
      const sent = new Promise<Error | undefined>((resolve) =>
        here.send(bytes("x"), { host: "127.0.0.1", port: 9 }, resolve),
      );
      expect(await until(sent)).toBeInstanceOf(Error);
    });

    test("peers that are gone cost the living nothing", async () => {
      let count = 0;
      const all = Promise.withResolvers<number>();
      const there = await socket("127.0.0.1", () => {
        if (++count === 50) all.resolve(count);
      });
      const gone = await socket("127.0.0.1");
      await until(gone.close());
      const here = await socket("127.0.0.1");
      for (let turn = 0; turn < 50; turn++) {
        await until(new Promise<unknown>((resolve) => here.send(bytes("lost"), gone.local, resolve)));
        await until(new Promise<unknown>((resolve) => here.send(bytes("kept"), there.local, resolve)));
      }
      expect(await until(all.promise)).toBe(50);
    });
  });
}

/** Remembers what a stream tells. */
function listener(): { events: StreamEvents; heard: () => string; closings: () => number; closed: Promise<void> } {
  let heard = "";
  let closings = 0;
  const closed = Promise.withResolvers<void>();
  const events = {
    received(piece: Uint8Array) {
      heard += text(piece);
    },
    closed() {
      closings++;
      closed.resolve();
    },
  };
  return { events, heard: () => heard, closings: () => closings, closed: closed.promise };
}

export function streamsKeep(name: string, listen: Listen, connect: Connect, until: Until): void {
  describe(name, () => {
    const open: Listener[] = [];
    afterEach(async () => {
      for (const server of open.splice(0)) await until(server.close());
    });
    const pair = async (host = "127.0.0.1") => {
      const far = listener();
      const near = listener();
      const accepted = Promise.withResolvers<ByteStream>();
      const accept = (stream: ByteStream): StreamEvents => {
        accepted.resolve(stream);
        return far.events;
      };
      const server = await until(listen({ host, port: 0 }, accept));
      open.push(server);
      const nearStream = await until(connect(server.local, near.events, 1_000));
      return { far, near, nearStream, farStream: await until(accepted.promise), server };
    };

    test.each(["127.0.0.1", "::1"])("what is written arrives in order, in both directions (%s)", async (host) => {
      const { far, near, nearStream, farStream } = await pair(host);
      nearStream.write("INVITE ");
      nearStream.write(bytes("sip:a"));
      farStream.write("SIP/2.0 200 OK");
      nearStream.end();
      await until(far.closed);
      await until(near.closed);
      expect([far.heard(), near.heard()]).toEqual(["INVITE sip:a", "SIP/2.0 200 OK"]);
    });

    test("each end knows the other's address", async () => {
      const { nearStream, farStream, server } = await pair();
      expect(nearStream.remote).toEqual(server.local);
      expect(farStream.remote).toEqual(nearStream.local);
    });

    test("a stream leaves by the address of ours that is given", async () => {
      const came = Promise.withResolvers<string>();
      const accept = (stream: ByteStream): StreamEvents => {
        came.resolve(stream.remote.host);
        return listener().events;
      };
      const server = await until(listen({ host: "127.0.0.1", port: 0 }, accept));
      open.push(server);
      const stream = await until(connect(server.local, listener().events, 1_000, "127.0.0.7"));
      expect([stream.local.host, await until(came.promise)]).toEqual(["127.0.0.7", "127.0.0.7"]);
    });

    test("closing is told once to each side, whoever closes and however often", async () => {
      const { far, near, nearStream, farStream } = await pair();
      nearStream.destroy();
      nearStream.destroy();
      nearStream.end();
      await until(Promise.all([far.closed, near.closed]));
      farStream.destroy();
      expect([far.closings(), near.closings()]).toEqual([1, 1]);
    });

    test("a write after closing is told to its callback and throws nothing", async () => {
      const { near, nearStream } = await pair();
      nearStream.destroy();
      await until(near.closed);
      expect(await until(new Promise((resolve) => nearStream.write("x", resolve)))).toBeInstanceOf(Error);
    });

    test("a listener that closes takes its streams with it", async () => {
      const { near, server } = await pair();
      await until(server.close());
      await until(near.closed);
      expect(near.closings()).toBe(1);
    });

    test("a connection that nobody takes is refused, without a word to its events", async () => {
      const { server } = await pair();
      await until(server.close());
      const events = listener();
      const tried = connect(server.local, events.events, 1_000).then(
        () => "connected",
        () => "refused",
      );
      expect(await until(tried)).toBe("refused");
      expect(events.closings()).toBe(0);
    });
  });
}
