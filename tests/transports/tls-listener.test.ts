/** Whoever comes by TLS, on each runtime: who is known by his certificate, who is nobody and why, and what does not hold the gateway up. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { join } from "node:path";
import { Authority, noOpenssl, type Pair } from "../support/certificates.ts";
import { program } from "../support/programs.ts";
import { RUNTIMES, type Runtime } from "../support/runtimes.ts";

const SERVER = join(import.meta.dir, "tls-server.ts");
const UNTRUSTED = "its certificate is issued by an authority that is not trusted";

/** The lines that a server prints, one by one. */
async function served(runtime: Runtime, asked: object) {
  // what would weaken the check, if it were heeded
  const env = { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: "0" };
  const command = [...runtime.command, SERVER, JSON.stringify(asked)];
  const run = Bun.spawn(command, { env, stdin: "pipe", stdout: "pipe", stderr: "ignore" });
  const reader = run.stdout.getReader();
  let read = "";
  const next = async (): Promise<Record<string, unknown>> => {
    for (;;) {
      const end = read.indexOf("\n");
      if (end !== -1) {
        const line = read.slice(0, end);
        read = read.slice(end + 1);
        return JSON.parse(line);
      }
      const { value, done } = await reader.read();
      if (done) throw new Error(`the server has ended: ${read}`);
      read += new TextDecoder().decode(value);
    }
  };
  const renew = (terms: object): void => {
    run.stdin.write(`${JSON.stringify(terms)}\n`);
    run.stdin.flush();
  };
  const { port } = await next();
  return { port: Number(port), next, renew, stop: () => run.kill() };
}

/** A stranger's openssl; what the server has shown it. */
async function client(port: number, own?: Pair, chain?: string): Promise<{ shown: string; stop(): Promise<void> }> {
  const mine = own ? ["-cert", own.certificate, "-key", own.key] : [];
  const more = chain ? ["-cert_chain", chain] : [];
  const command = [program("openssl"), "s_client", "-connect", `127.0.0.1:${port}`, ...mine, ...more];
  const run = Bun.spawn(command, { stdin: "pipe", stdout: "pipe", stderr: "ignore" });
  let shown = "";
  for await (const piece of run.stdout) {
    shown += new TextDecoder().decode(piece);
    if (shown.includes("---\nSSL handshake has read")) break;
  }
  const stop = async (): Promise<void> => {
    run.kill();
    await run.exited;
  };
  return { shown: /subject=(.*)/.exec(shown)?.[1] ?? "", stop };
}

/** Settles when a connection that says this, and nothing else, is closed. */
const closed = (port: number, says?: string): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => says && socket.write(says));
    socket.on("error", () => {});
    socket.on("data", () => {});
    socket.on("close", () => resolve());
  });

describe.skipIf(noOpenssl !== undefined)(`TLS listener${noOpenssl ? ` (left out: ${noOpenssl})` : ""}`, () => {
  let ours: Authority;
  let other: Authority;
  let us: Pair;
  let good: Pair;
  let asked: { terms: object; known: object };

  beforeAll(() => {
    ours = new Authority();
    other = new Authority(ours.folder, "other");
    us = ours.sign("us", "DNS:gateway.test");
    good = ours.sign("good", "DNS:provider.test");
    const provider = { domain: "provider.test" };
    asked = {
      terms: { certificate: us.cert, key: us.keyText, ca: ours.caText },
      known: {
        provider,
        "by our authority": { ...provider, ca: ours.caText },
        "by another": { ...provider, ca: other.caText },
        customer: { domain: "customer.wild.test" },
      },
    };
  });
  afterAll(() => ours?.remove());

  for (const runtime of RUNTIMES) {
    const { name, missing } = runtime;
    describe.skipIf(missing !== undefined)(`on ${name}${missing ? ` (left out: ${missing})` : ""}`, () => {
      // proves: K27
      test("whoever comes is known by a certificate that is believed, and by nothing else", async () => {
        const between = ours.authority("between");
        const far = between.sign("far", "DNS:provider.test");
        const comes: [Pair | undefined, string | undefined, object][] = [
          [undefined, undefined, { names: [] }],
          [good, undefined, { names: ["provider", "by our authority"] }],
          [far, between.ca, { names: ["provider", "by our authority"] }],
          [ours.sign("else", "DNS:else.test"), undefined, { names: [] }],
          [ours.sign("wild", "DNS:*.wild.test"), undefined, { names: [] }],
          [other.sign("strange", "DNS:provider.test"), undefined, { names: [], whyNot: UNTRUSTED }],
          [
            ours.sign("old", "DNS:provider.test", true),
            undefined,
            { names: [], whyNot: "its certificate has expired" },
          ],
        ];
        const server = await served(runtime, asked);
        for (const [own, chain, told] of comes) {
          const one = await client(server.port, own, chain);
          expect(await server.next()).toEqual({ ...told });
          await one.stop();
          expect(await server.next()).toEqual({ closed: true });
        }
        server.stop();
      });

      // proves: K27
      test("another certificate and authority hold for whoever comes from then on, and nobody is sent away", async () => {
        const server = await served(runtime, asked);
        const before = await client(server.port, good);
        expect(await server.next()).toEqual({ names: ["provider", "by our authority"] });
        const next = other.sign("next", "DNS:gateway.test");
        server.renew({ certificate: next.cert, key: next.keyText, ca: other.caText });
        expect(await server.next()).toEqual({ renewed: true });
        const after = await client(server.port, good);
        expect(await server.next()).toEqual({ names: [], whyNot: UNTRUSTED });
        expect([before.shown, after.shown]).toEqual(["CN = us", "CN = next"]);
        await after.stop();
        expect(await server.next()).toEqual({ closed: true });
        await before.stop();
        expect(await server.next()).toEqual({ closed: true });
        server.stop();
      });

      // proves: K28
      test("a peer that does not speak TLS, or sends nothing, is disconnected, and one address has twenty handshakes", async () => {
        const server = await served(runtime, asked);
        const silent = Array.from({ length: 20 }, () => closed(server.port));
        await closed(server.port, "OPTIONS sip:x SIP/2.0\r\n\r\n");
        await Promise.all(silent);
        const one = await client(server.port, good);
        expect(await server.next()).toEqual({ names: ["provider", "by our authority"] });
        await one.stop();
        server.stop();
      });
    });
  }
});
