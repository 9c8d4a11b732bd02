/**
 * The same gateway on Deno and on Node: the real main.ts in a process of its own, an XMPP server and a phone on real sockets
 * of loopback. Bun runs them too, so that a difference is the runtime's and not the test's.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { aliceOffers, bobOffers } from "../../examples/sessions.ts";
import { withNews } from "../../journal/news.ts";
import type { CallView } from "../../journal/view.ts";
import { header } from "../../protocol/sip/fields.ts";
import { readMessage } from "../../protocol/sip/read.ts";
import { connectTcp, listenTcp } from "../../transports/tcp.ts";
import { openUdp } from "../../transports/udp.ts";
import { type Alice, aliceToml, startAlice } from "../support/alice.ts";
import { type Bob, startBob } from "../support/bob.ts";
import { changed } from "../support/changed.ts";
import { FeedReader } from "../support/feed.ts";
import { type GatewayProcess, healthy, runMain, startGateway } from "../support/gateway-process.ts";
import { Inbox } from "../support/inbox.ts";
import { RUNTIMES } from "../support/runtimes.ts";
import { until } from "../support/until.ts";

const LOCAL = { host: "127.0.0.1", port: 0 };
const BOB = "bob@sip.example.org";
const CALLER = "bob\\40phone.example@sip.example.org/sip";

for (const runtime of RUNTIMES) {
  const { name, missing } = runtime;
  describe.skipIf(missing !== undefined)(`on ${name}${missing ? ` (left out: ${missing})` : ""}`, () => {
    let alice: Alice;
    let bob: Bob;
    let gateway: GatewayProcess;
    let stopped = false;

    beforeAll(async () => {
      alice = await startAlice();
      bob = await startBob();
      gateway = await startGateway(aliceToml(alice.port, bob.phone.port), runtime);
      bob.phone.gatewayPort = gateway.sipPort;
      await healthy(gateway);
      alice.comesOnline();
    });
    afterAll(async () => {
      if (!stopped) await gateway?.stop();
      await Promise.all([alice?.close(), bob?.phone?.close()]);
    });

    const aliceCalls = async (sid: string) => {
      alice.says(BOB, "session-initiate", sid, aliceOffers("actpass"));
      return bob.request("INVITE", sid);
    };
    const established = async (sid: string) => {
      const invite = await aliceCalls(sid);
      bob.phone.respond(invite, 180);
      expect((await alice.hears("session-info", sid)).getChild("ringing")).toBeDefined();
      bob.phone.respond(invite, 200, bobOffers("active"));
      await alice.hears("session-accept", sid);
      await bob.request("ACK", sid);
      return invite;
    };
    const bobCalls = async (sid: string) => {
      bob.phone.invite("sip:alice@example.org", sid, bobOffers("actpass"));
      await alice.hears("session-initiate", sid);
    };

    test("health says that all is up", async () => {
      const response = await gateway.health();
      expect([response.status, await response.json()]).toEqual([
        200,
        {
          status: "up",
          down: [],
          proxy: expect.stringMatching(/^(?:up|unknown)$/),
          relay: "none",
          state: "running",
          calls: 0,
        },
      ]);
    });

    // proves: G20
    test("who connects to the window and asks nothing, or half of it, is let go of", async () => {
      const closed = (said: string) => {
        const { promise, resolve } = Promise.withResolvers<number>();
        const since = performance.now();
        const socket = connect(gateway.webPort, "127.0.0.1", () => void socket.write(said));
        socket.on("error", () => {}).on("close", () => resolve(performance.now() - since));
        socket.resume();
        return promise;
      };
      const half = ["GET / HTTP/1.1", "Host: x", ""].join("\r\n");
      const took = await Promise.all(["", half, `${half}Content-Length: 9\r\n\r\n{`].map(closed));
      expect(Math.max(...took)).toBeLessThan(20_000);
    }, 60_000);

    // proves: W11
    test("alice calls, the phone rings and answers, alice hangs up", async () => {
      await established("out-1");
      alice.says(BOB, "session-terminate", "out-1", "<reason><success/></reason>");
      bob.phone.respond(await bob.request("BYE", "out-1"), 200);
    });

    test("alice calls, the phone answers and hangs up", async () => {
      bob.phone.hangUp(await established("out-2"));
      await bob.response(200, "out-2");
      const reason = (await alice.hears("session-terminate", "out-2")).getChild("reason");
      expect(reason?.getChild("success")).toBeDefined();
    });

    test("alice calls, the phone rejects", async () => {
      bob.phone.respond(await aliceCalls("out-3"), 486);
      const reason = (await alice.hears("session-terminate", "out-3")).getChild("reason");
      expect(reason?.getChild("decline")).toBeDefined();
    });

    test("the phone calls, alice accepts and hangs up", async () => {
      await bobCalls("in-1");
      alice.says(CALLER, "session-accept", "in-1", aliceOffers("active"));
      const answer = await bob.response(200, "in-1");
      expect(answer.body).toContain("a=setup:active");
      bob.phone.acknowledge(answer);
      alice.says(CALLER, "session-terminate", "in-1", "<reason><success/></reason>");
      bob.phone.respond(await bob.request("BYE", "in-1"), 200);
    });

    test("the phone calls, alice declines", async () => {
      await bobCalls("in-2");
      alice.says(CALLER, "session-terminate", "in-2", "<reason><decline/></reason>");
      bob.phone.acknowledge(await bob.response(486, "in-2"));
    });

    test("a phone that is gone when it is answered does not take the next call with it", async () => {
      const gone = await startBob();
      gone.phone.gatewayPort = gateway.sipPort;
      gone.phone.invite("sip:alice@example.org", "gone", bobOffers("actpass"));
      await alice.hears("session-initiate", "gone");
      await gone.phone.close();
      alice.says(CALLER, "session-terminate", "gone", "<reason><decline/></reason>");
      bob.phone.hangUp(await established("after-gone"));
      await alice.hears("session-terminate", "after-gone");
    });

    test("the window follows a call by its feed, lets it be taken away, and metrics count it", async () => {
      const web = `http://127.0.0.1:${gateway.webPort}`;
      const invite = await established("seen");
      const { calls } = (await (await fetch(`${web}/api/calls?q=seen`)).json()) as { calls: { id: string }[] };
      const id = calls[0]?.id ?? "";
      const first = await FeedReader.open(`${web}/api/feed?call=${id}`);
      const { data } = await first.next("journal");
      first.leave();
      bob.phone.hangUp(invite);
      await alice.hears("session-terminate", "seen");
      const second = await FeedReader.open(`${web}/api/feed?call=${id}`, first.last);
      const news = (await second.next("news")).data as CallView;
      second.leave();
      expect(withNews(data as CallView, news).steps.at(-1)).toMatchObject({ event: "sip.bye", after: ["ended"] });
      for (const [kind, says] of [
        ["play", "INVITE sip:"],
        ["json", '"setting"'],
        ["svg", "<svg "],
        ["txt", "◆ ended"],
        ["pcap", "INVITE sip:"],
      ] as const)
        expect(await (await fetch(`${web}/api/calls/${id}/export.${kind}`)).text()).toContain(says);
      const metrics = await (await fetch(`${web}/metrics`)).text();
      expect(metrics).toMatch(/^carillon_calls_total\{direction="outgoing",outcome="completed"\} [1-9]/m);
      expect(metrics).toMatch(/^process_cpu_seconds_total |^process_resident_memory_bytes /m);
      const page = await fetch(web);
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("/page.js")]);
    });

    test("SIP is spoken over TCP too", async () => {
      const answers = new Inbox<Uint8Array>();
      const events = { received: (bytes: Uint8Array) => answers.put(bytes), closed: () => {} };
      const stream = await connectTcp({ host: LOCAL.host, port: gateway.sipPort }, events, 5_000);
      stream.write(OPTIONS(stream.local.port));
      const answer = readMessage(await answers.next(undefined, "the answer"));
      expect([answer.kind === "response" && answer.status, header(answer, "Call-ID")]).toEqual([200, "options-1"]);
      stream.destroy();
    });

    // proves: A15
    test("TCP leaves by the address that is bound", async () => {
      const came = new Inbox<string>();
      const proxy = await listenTcp(LOCAL, (stream) => {
        came.put(stream.remote.host);
        return { received: () => {}, closed: () => {} };
      });
      const caller = await startAlice();
      const toml = changed(
        aliceToml(caller.port, proxy.local.port, { module: 'transport = "tcp"' }),
        '["127.0.0.1"]',
        '["127.0.0.7"]',
      );
      const bound = await startGateway(toml, runtime);
      await healthy(bound);
      caller.comesOnline();
      caller.says(BOB, "session-initiate", "bound", aliceOffers("actpass"));
      expect(await came.next(undefined, "a connection")).toBe("127.0.0.7");
      await proxy.close(); // which ends the call
      await bound.stop();
      await caller.close();
    });

    // proves: E1
    test("SIGTERM lets the running call end, refuses others, and exits with 0", async () => {
      const invite = await established("last");
      const exit = gateway.stop();
      stopped = true;
      await until("health is 503", async () => (await gateway.health()).status === 503, Boolean);
      expect(await (await gateway.health()).json()).toMatchObject({ down: ["gateway is draining"], calls: 1 });
      bob.phone.invite("sip:alice@example.org", "too-late", bobOffers("actpass"));
      bob.phone.acknowledge(await bob.response(503, "too-late"));
      bob.phone.hangUp(invite);
      await bob.response(200, "last");
      await alice.hears("session-terminate", "last");
      expect(await exit).toBe(0);
    });

    test("a wrong option is one line", async () => {
      const { code, error } = await runMain([], aliceToml(1, 1, { module: "local_hots = 'x'" }), {}, runtime);
      expect([code, error]).toEqual([
        1,
        "carillon: carillon.toml: unknown key `local_hots` in [modules.mod_jingle_sip] (did you mean `local_host`?)",
      ]);
    });

    test("--check reads and judges, and starts nothing", async () => {
      const { code, output } = await runMain(["--check"], aliceToml(1, 5060), {}, runtime);
      expect([code, output]).toEqual([0, "carillon.toml: good"]);
    });

    test("an occupied SIP port is one line", async () => {
      const taken = await openUdp(LOCAL, { received: () => {}, failed: () => {} });
      const toml = aliceToml(1, 1, { listenPort: taken.local.port });
      const { code, error } = await runMain([], toml, {}, runtime);
      await taken.close();
      expect(error).toMatch(
        new RegExp(`^carillon: \\[sip\\] bind 127.0.0.1, UDP port ${taken.local.port}: .*EADDRINUSE.*$`),
      );
      expect(code).toBe(1);
    });

    test("an occupied web port is one line", async () => {
      const taken = await listenTcp(LOCAL, () => ({ received: () => {}, closed: () => {} }));
      const toml = changed(aliceToml(1, 1), /\[web\]\nport = 0/, `[web]\nport = ${taken.local.port}`);
      const { code, error } = await runMain([], toml, {}, runtime);
      await taken.close();
      expect(error).toMatch(new RegExp(`^carillon: \\[web\\] 127.0.0.1, port ${taken.local.port}: .*in use.*$`));
      expect(code).toBe(1);
    });
  });
}

const OPTIONS = (port: number): string =>
  [
    "OPTIONS sip:gateway@127.0.0.1 SIP/2.0",
    `Via: SIP/2.0/TCP 127.0.0.1:${port};branch=z9hG4bKoptions1`,
    "Max-Forwards: 70",
    "From: <sip:bob@phone.example>;tag=b",
    "To: <sip:gateway@127.0.0.1>",
    "Call-ID: options-1",
    "CSeq: 1 OPTIONS",
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
