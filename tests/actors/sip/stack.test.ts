/** The SIP stack on the wire: RFC 3261 §8.2, §17, §18; RFC 3581; RFC 6026. */
import { describe, expect, test } from "bun:test";
import type { ClientHandlers } from "../../../actors/sip/user.ts";

import { responseTo } from "../../../protocol/sip/build.ts";
import { header } from "../../../protocol/sip/fields.ts";
import { tagOf } from "../../../protocol/sip/mandatory.ts";
import type { Request } from "../../../protocol/sip/message.ts";
import { readMessage } from "../../../protocol/sip/read.ts";
import type { Address } from "../../../transports/transport.ts";
import { changed, changedAll, crlf } from "../../support/changed.ts";
import { answerAll, makeRequest } from "../../support/sip.ts";
import { asked, bench, PEER, STACK } from "../../support/stack.ts";

describe("a response goes (§18.2, RFC 3581)", () => {
  test("to the sent-by of the Via, without rport, from a host that is its own", async () => {
    const peer = await bench();
    await peer.say(asked("OPTIONS"));
    expect(peer.words()).toEqual(["200"]);
    expect(header(peer.received[0]!, "Via")).toBe("SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK1");
  });

  test("to the source of the request with rport, and fills rport in", async () => {
    const peer = await bench();
    await peer.say(asked("OPTIONS", { via: "SIP/2.0/UDP 10.0.0.9:7777;branch=z9hG4bK1;rport" }), {
      host: "203.0.113.7",
      port: 4444,
    });
    expect(header(peer.received[0]!, "Via")).toBe(
      "SIP/2.0/UDP 10.0.0.9:7777;branch=z9hG4bK1;received=203.0.113.7;rport=4444",
    );
  });

  test("marks that the sender has put there itself do not count", async () => {
    const peer = await bench();
    await peer.say(asked("OPTIONS", { via: "SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK1;received=6.6.6.6;rport=1" }));
    expect(header(peer.received[0]!, "Via")).toContain("received=192.0.2.2;rport=5060");
  });

  test("over IPv6 too", async () => {
    const peer = await bench();
    await peer.say(asked("OPTIONS", { via: "SIP/2.0/UDP [2001:db8::2]:5060;branch=z9hG4bK1;rport" }), {
      host: "2001:db8::2",
      port: 5060,
    });
    expect(peer.words()).toEqual(["200"]);
  });
});

describe("what is refused (§8.2), without state and always alike", () => {
  test.each([
    ["505", changed(asked("OPTIONS"), "SIP/2.0\nVia", "SIP/7.0\nVia")],
    ["400", asked("OPTIONS", { lines: "From: <sip:x@x>\n" })],
    ["400", asked("OPTIONS", { cseq: "1 INVITE" })],
    ["405", asked("REFER")],
    ["501", asked("DANCE")],
    ["416", asked("OPTIONS", { uri: "http://b" })],
    ["420", asked("OPTIONS", { lines: "Require: x\n" })],
    ["481", asked("CANCEL")],
    ["481", asked("INFO", { to: "<sip:b@b>;tag=ofnobodyatall" })],
    ["481", asked("INVITE", { to: "<sip:b@b>;tag=ofnobodyatall" })],
    ["483", changed(asked("INVITE"), "Max-Forwards: 70", "Max-Forwards: 0")],
  ])("%s", async (status, text) => {
    const peer = await bench();
    await peer.say(text);
    await peer.say(text);
    const tags = new Set(peer.received.map((response) => tagOf(response, "To")));
    expect(new Set(peer.words())).toEqual(new Set([status]));
    const [tag = ""] = tags;
    expect([tags.size, tag.length > 8]).toEqual([1, true]);
    expect(peer.heard.words).toEqual([]);
  });

  test("482 for what came by another way already (§8.2.2.2)", async () => {
    const peer = await bench(() => {});
    await peer.say(asked("INVITE"));
    await peer.say(asked("INVITE", { via: `SIP/2.0/UDP ${PEER.host}:5060;branch=z9hG4bKother` }));
    expect(peer.words()).toContain("482");
    expect(peer.heard.words).toEqual(["INVITE"]);
  });

  test("400 for a field that is too long, 413 for a message that is too large", async () => {
    const peer = await bench();
    await peer.say(asked("OPTIONS", { lines: `X: ${"x".repeat(9_000)}\n` }));
    await peer.say(`${asked("OPTIONS")}${"x".repeat(50_000)}`);
    expect(peer.words()).toEqual(["400", "413"]);
  });

  test("what is no SIP is dropped and counted, and said in the log once", async () => {
    const peer = await bench();
    for (let copy = 0; copy < 50; copy++) await peer.say("hello?");
    expect(peer.words()).toEqual([]);
    expect(peer.sip.dropped.get("malformed message")).toBe(50);
    expect(peer.logged.filter(({ event }) => event === "sip.dropped")).toHaveLength(1);
    expect(peer.sip.transactions).toBe(0);
  });

  test("a response with unreadable fields is dropped and counted", async () => {
    const peer = await bench();
    const via = "Via: SIP/2.0/UDP 192.0.2.1:5600;branch=z9hG4bK1";
    await peer.say(`SIP/2.0 200 OK\n${via}\nFrom: <sip:a@a>;tag=a\nTo: <sip:b@b>\nCall-ID: c\nCSeq: one INVITE\n\n`);
    expect([...peer.sip.dropped]).toEqual([["malformed header field", 1]]);
  });

  test("403 for a source that is not allowed", async () => {
    const peer = await bench(undefined, { allow: () => false });
    await peer.say(asked("INVITE"));
    expect(peer.words()).toEqual(["403"]);
  });
});

describe("a source that may not start calls", () => {
  const STRANGER = { host: "203.0.113.66", port: 5060 };
  const notCarol = { allow: ({ host }: { host: string }) => host === PEER.host };
  const branch = (number: number): string => `SIP/2.0/UDP ${STRANGER.host}:5060;branch=z9hG4bK${number}`;

  // proves: S39
  test("fills no table, whatever is asked: all is answered without state, alike, and counted (§8.2.7)", async () => {
    const peer = await bench(() => {}, notCarol);
    for (const [at, method] of ["INVITE", "CANCEL", "OPTIONS", "INFO", "BYE"].entries()) {
      await peer.clock.advance(1_000);
      for (const to of ["<sip:b@b>", "<sip:b@b>;tag=guess"])
        for (let copy = 0; copy < 2; copy++) await peer.say(asked(method, { to, via: branch(at) }), STRANGER);
    }
    expect(peer.words().join(" ")).toBe(
      "403 403 481 481 481 481 481 481 403 403 481 481 403 403 481 481 403 403 481 481",
    );
    expect([peer.sip.transactions, peer.heard.words]).toEqual([0, []]);
    expect(peer.sip.dropped.get("source not allowed")).toBe(20);
  });

  // proves: G10
  test("gets ten answers a second, all together get a hundred, and whoever may call gets each of his", async () => {
    const peer = await bench(() => {}, notCarol);
    await peer.clock.advance(1_000);
    const flood = async (from: Address, count: number, to = "<sip:b@b>"): Promise<number> => {
      const before = peer.received.length;
      await peer.say(asked("OPTIONS", { to, via: branch(0) }), from);
      for (let at = 1; at < count; at++) void peer.say(asked("OPTIONS", { to, via: branch(at) }), from);
      await peer.clock.advance(10);
      return peer.received.length - before;
    };
    const strangers = Array.from({ length: 12 }, (_, at) => ({ host: `203.0.113.${at + 1}`, port: 5060 }));
    expect(await flood(STRANGER, 50)).toBe(10);
    let all = 10;
    for (const one of strangers) all += await flood(one, 50);
    expect(all).toBe(100);
    expect(await flood(PEER, 50, "<sip:b@b>;tag=guess")).toBe(50);
    expect(peer.sip.dropped.get("too many answers to strangers")).toBe(50 * 13 - 100);
    await peer.clock.advance(1_000);
    expect(await flood(STRANGER, 50)).toBe(10);
  });

  // proves: G10
  test.each([
    ["an INVITE that is long enough", `X: ${"x".repeat(300)}\n`, ["400"]],
    ["one that is shorter than its answer", "", []],
  ])("gets 400 for what cannot be read in no more bytes than that had: %s", async (_, lines, words) => {
    const peer = await bench();
    const via = "Via: SIP/2.0/UDP a;rport;branch=z9hG4bK1\n";
    await peer.say(`INVITE  x SIP/2.0\n${via}f: <sip:a@a>;tag=a\nt: <sip:b@b>\ni: c\nCSeq: 1 INVITE\n${lines}\n`);
    expect(peer.words()).toEqual(words);
  });

  // proves: G15
  test("a Via that cannot be read goes back as it came, to where the request came from", async () => {
    const peer = await bench();
    await peer.say(
      asked("OPTIONS", { via: "SIP/7.0/UDP c.example.com;branch=z9hG4bKk", lines: `X: ${"x".repeat(200)}\n` }),
    );
    expect([peer.words(), header(peer.received[0]!, "Via")]).toEqual([
      ["400"],
      "SIP/7.0/UDP c.example.com;branch=z9hG4bKk",
    ]);
  });

  test("cancels nobody's INVITE", async () => {
    const peer = await bench(() => {}, notCarol);
    await peer.say(asked("INVITE"));
    await peer.say(asked("CANCEL", { via: branch(1) }), STRANGER);
    expect([peer.words(), peer.heard.words]).toEqual([["481"], ["INVITE"]]);
  });

  test("is heard inside a dialog that there is", async () => {
    const peer = await bench(undefined, notCarol);
    await peer.say(asked("INVITE"));
    await peer.say(asked("INFO", { to: "<sip:b@b>;tag=phone", via: branch(1), cseq: "2 INFO" }), STRANGER);
    expect(peer.heard.words).toEqual(["INVITE", "INFO"]);
  });

  test("and who sends a CANCEL from another address with the INVITE's own Via cancels it (a proxy that moved)", async () => {
    const peer = await bench((request, transaction) => {
      if (request.method === "INVITE") transaction.respond(responseTo(request, 180, { toTag: "phone" }));
    }, notCarol);
    await peer.say(asked("INVITE"));
    await peer.say(asked("CANCEL"), STRANGER);
    expect(peer.heard.words).toEqual(["INVITE", "cancelled"]);
  });
});

describe("server transactions (§17.2)", () => {
  test("100 has the Timestamp of its request (§8.2.6.1)", async () => {
    const peer = await bench(() => {});
    await peer.say(asked("INVITE", { lines: "Timestamp: 54\n" }));
    await peer.clock.advance(250);
    expect(header(peer.received[0]!, "Timestamp")).toBe("54");
  });

  // proves: S3
  test("100 goes out when nothing else did within 200 ms (§17.2.1)", async () => {
    const peer = await bench(() => {});
    await peer.say(asked("INVITE"));
    await peer.clock.advance(150);
    expect(peer.words()).toEqual([]);
    await peer.clock.advance(100);
    expect(peer.words()).toEqual(["100"]);
  });

  test("a request that comes again is answered again, and the user hears of it once", async () => {
    const peer = await bench();
    for (let copy = 0; copy < 3; copy++) await peer.say(asked("OPTIONS"));
    expect([peer.words(), peer.heard.words]).toEqual([["200", "200", "200"], ["OPTIONS"]]);
  });

  test("a 200 to INVITE comes again until its ACK (§13.3.1.4)", async () => {
    const peer = await bench();
    await peer.say(asked("INVITE"));
    await peer.clock.advance(3_600);
    expect(peer.words()).toEqual(["180", "200", "200", "200", "200"]);
    await peer.say(asked("ACK", { to: "<sip:b@b>;tag=phone", via: `SIP/2.0/UDP ${PEER.host}:5060;branch=z9hG4bKack` }));
    await peer.clock.advance(10_000);
    expect([peer.words().length, peer.heard.words]).toEqual([5, ["INVITE", "acknowledged"]]);
  });

  test("a 200 without an ACK is reported after 64*T1", async () => {
    const peer = await bench();
    await peer.say(asked("INVITE"));
    await peer.clock.advance(33_000);
    expect(peer.heard.words).toEqual(["INVITE", "unacknowledged"]);
  });

  test("CANCEL gets a response of its own, and is passed to the user (§9.2)", async () => {
    const peer = await bench((request, transaction) => {
      if (request.method === "INVITE") transaction.respond(responseTo(request, 180, { toTag: "phone" }));
    });
    await peer.say(asked("INVITE"));
    await peer.say(asked("CANCEL"));
    expect([peer.words(), peer.heard.words]).toEqual([
      ["180", "200", "487"],
      ["INVITE", "cancelled"],
    ]);
  });

  test("CANCEL has the To tag of what its INVITE is answered, though that has been nothing so far (§9.2)", async () => {
    const peer = await bench(() => {});
    await peer.say(asked("INVITE"));
    await peer.say(asked("CANCEL"));
    expect(peer.received.map((response) => [header(response, "CSeq"), tagOf(response, "To")])).toEqual([
      ["1 INVITE", "phone"],
      ["1 CANCEL", "phone"],
    ]);
  });

  test("an RFC 2543 client without a branch has transactions too", async () => {
    const peer = await bench();
    const via = `SIP/2.0/UDP ${PEER.host}:5060`;
    await peer.say(asked("OPTIONS", { via }));
    await peer.say(asked("OPTIONS", { via }));
    await peer.say(asked("OPTIONS", { via, callId: "another" }));
    expect([peer.words().length, peer.heard.words.length]).toEqual([3, 2]);
  });

  test("nothing of any of them is left in the end", async () => {
    const peer = await bench();
    await peer.say(asked("INVITE"));
    await peer.say(asked("OPTIONS", { callId: "d", via: `SIP/2.0/UDP ${PEER.host}:5060;branch=z9hG4bKd` }));
    await peer.clock.advance(100_000);
    expect([peer.sip.transactions, peer.clock.armed]).toEqual([0, 0]);
  });

  test("the bytes that they hold are bounded: past that 503, until there is room again", async () => {
    const peer = await bench(() => {}, { mostHeld: 400_000 });
    const large = (number: number): string =>
      asked("OPTIONS", {
        via: `SIP/2.0/UDP ${PEER.host}:5060;branch=z9hG4bK${number}`,
        callId: `${number}`,
        lines: `Content-Length: 48000\n\n${"x".repeat(48_000)}`,
      });
    for (let number = 1; number <= 10; number++) await peer.say(large(number));
    expect([peer.words(), peer.heard.words.length]).toEqual([["503"], 9]);
    for (const transaction of peer.heard.transactions.slice(0, 3))
      transaction.respond(responseTo(transaction.request, 200)); // the body is kept no longer
    await peer.say(large(11));
    expect([peer.words(), peer.heard.words.length]).toEqual([["503", "200", "200", "200"], 10]);
  });

  test("a user that throws is a 500, and a line in the log", async () => {
    const peer = await bench(() => {
      throw new Error("a fault of the user");
    });
    await peer.say(asked("OPTIONS"));
    expect(peer.words()).toEqual(["500"]);
    expect(peer.logged.map(({ event }) => event)).toContain("sip.user.fault");
  });
});

describe("requests of ours", () => {
  const silent = { response: () => {}, failed: () => {} };
  const to = { transport: "udp", ...PEER } as const;

  test("go out again by Timer E until they are answered or Timer F ends them (§17.1.2.2)", async () => {
    const peer = await bench();
    const failed: string[] = [];
    peer.sip.send(makeRequest("OPTIONS", "o"), to, { response: () => {}, failed: (why) => void failed.push(why) });
    await peer.clock.advance(8_000);
    expect(peer.words()).toHaveLength(5); // at 0, 0.5, 1.5, 3.5 and 7.5 seconds
    await peer.clock.advance(30_000);
    expect(failed).toEqual(["timeout"]);
  });

  test("have a Via with our host, in every message", async () => {
    const peer = await bench();
    peer.sip.send(makeRequest("OPTIONS", "o"), to, silent);
    await peer.clock.advance(10);
    expect(header(peer.received[0]!, "Via")).toMatch(/^SIP\/2\.0\/UDP 192\.0\.2\.1:5600;rport;branch=z9hG4bK\w{10,}$/);
  });

  // proves: A14
  test("over 1300 bytes go by TCP, and say so in Via and Contact (§18.1.1)", async () => {
    const peer = await bench();
    const arrived: string[] = [];
    const hear = (bytes: Uint8Array): void => void arrived.push(new TextDecoder().decode(bytes));
    await peer.wire.listen(PEER, () => ({ received: hear, closed: () => {} }));
    peer.sip.send(makeRequest("INVITE", "big", { body: "x".repeat(6_000) }), to, silent);
    await peer.clock.advance(100);
    const invite = readMessage(new TextEncoder().encode(arrived.join("")));
    expect(header(invite, "Via")).toStartWith("SIP/2.0/TCP 192.0.2.1:5600;");
    expect(header(invite, "Contact")).toContain(";transport=tcp>");
    expect([invite.body.length, peer.words()]).toEqual([6_000, []]);
  });

  // proves: A14
  test.each([
    ["is refused", "refuses"],
    ["is not connected in two seconds", "silent"],
  ] as const)("by UDP all the same when TCP %s", async (_, how) => {
    const peer = await bench();
    if (how === "silent") peer.wire.silent.add(`${PEER.host}:${PEER.port}`);
    peer.sip.send(makeRequest("INVITE", "big", { body: "x".repeat(6_000) }), to, silent);
    await peer.clock.advance(2_100);
    expect(peer.received[0]?.body.length).toBe(6_000);
    expect(header(peer.received[0]!, "Via")).toStartWith("SIP/2.0/UDP");
  });

  // proves: A14
  test("of 1300 bytes go by UDP, and one byte more by TCP (§18.1.1)", async () => {
    let tokens = 100_000;
    const peer = await bench(undefined, { random: () => `${tokens++}` });
    const byTcp: number[] = [];
    await peer.wire.listen(PEER, () => ({ received: ({ length }) => void byTcp.push(length), closed: () => {} }));
    const sizeOf = async (body: number): Promise<number> => {
      const before = peer.wire.datagrams.length;
      peer.sip.send(makeRequest("OPTIONS", `size${body}`, { body: "x".repeat(body) }), to, silent);
      await peer.clock.advance(100);
      return peer.wire.datagrams[before]?.bytes.length ?? 0;
    };
    const rest = 1_300 - ((await sizeOf(1_000)) - 1_000);
    expect([await sizeOf(rest), byTcp]).toEqual([1_300, []]);
    expect([await sizeOf(rest + 1), byTcp]).toEqual([0, [1_301 + ";transport=tcp".length]]);
  });

  // proves: A14
  test("that are large go by UDP at once for a minute after TCP was not there, and then try it again", async () => {
    const peer = await bench();
    peer.wire.silent.add(`${PEER.host}:${PEER.port}`);
    const heardWithin = async (id: string, milliseconds: number): Promise<boolean> => {
      peer.sip.send(makeRequest("OPTIONS", id, { body: "x".repeat(6_000) }), to, silent);
      await peer.clock.advance(milliseconds);
      return peer.received.some((message) => header(message, "Call-ID") === id);
    };
    expect([await heardWithin("one", 1_900), await heardWithin("two", 200), await heardWithin("three", 50)]).toEqual([
      ...[false, true, true],
    ]);
    await peer.clock.advance(60_000);
    expect([await heardWithin("four", 1_900), await heardWithin("five", 200)]).toEqual([false, true]);
  });

  test("to nowhere fail, after they have been sent and not before", async () => {
    const peer = await bench(undefined, { resolve: () => Promise.reject(new Error("ENOTFOUND")) });
    const failed: string[] = [];
    peer.sip.send(
      makeRequest("OPTIONS", "o"),
      { transport: "udp", host: "nowhere.example", port: 5060 },
      { response: () => {}, failed: (why) => void failed.push(why) },
    );
    expect(failed).toEqual([]);
    await peer.clock.advance(10);
    expect(failed).toEqual(["unreachable"]);
  });

  test("each 2xx of each fork is passed on, and each copy is acknowledged", async () => {
    const peer = await bench();
    const told: string[] = [];
    const { request } = peer.sip.send(makeRequest("INVITE", "fork"), to, {
      response: (response) => void told.push(`${response.status} ${tagOf(response, "To") ?? ""}`.trim()),
      failed: () => {},
    });
    await peer.clock.advance(10);
    const invite = peer.received[0] as Request;
    const respond = (status: number, tag: string): string => {
      const lines = ["Via", "From", "Call-ID", "CSeq"].map((name) => `${name}: ${header(invite, name)}`);
      return `SIP/2.0 ${status} X\n${lines.join("\n")}\nTo: <sip:phone@127.0.0.1>;tag=${tag}\n\n`;
    };
    for (const text of [respond(180, "1"), respond(200, "1"), respond(200, "1"), respond(200, "2")])
      await peer.say(text);
    expect([told, request.method]).toEqual([["180 1", "200 1", "200 1", "200 2"], "INVITE"]);
  });

  test("a response with more than one Via was misrouted: dropped and counted (§8.1.3.3)", async () => {
    const [peer, told] = await asking("Via: SIP/2.0/UDP 6.6.6.6;branch=z9hG4bKx\n");
    expect(told).toEqual([]);
    expect(peer.sip.dropped.get("response with more than one Via")).toBe(1);
  });

  // proves: G7
  test("with strict, a response of a host that the request was not sent to, and may not call, is dropped and counted", async () => {
    const told: string[] = [];
    const peer = await bench(undefined, { strict: true, allow: ({ host }) => host === "192.0.2.3" });
    const on: ClientHandlers = { response: ({ status }) => void told.push(`${status}`), failed: () => {} };
    const respond = async (from: string): Promise<void> => {
      peer.sip.send(makeRequest("OPTIONS", from), to, on);
      await peer.clock.advance(10);
      const lines = ["Via", "From", "To", "Call-ID", "CSeq"].map(
        (name) => `${name}: ${header(peer.received.at(-1)!, name)}`,
      );
      await peer.say(`SIP/2.0 200 OK\n${lines.join("\n")}\n\n`, { host: from, port: 5060 });
    };
    for (const from of ["203.0.113.66", PEER.host, "192.0.2.3"]) await respond(from);
    expect([told, peer.sip.dropped.get("response from another host")]).toEqual([["200", "200"], 1]);
  });

  test("a line in a response that is no header field is passed over", async () => {
    const [peer, told] = await asking("X Foo: bar\n");
    expect([told, [...peer.sip.dropped]]).toEqual([[200], []]);
  });

  /** OPTIONS of ours, answered 200 with more lines. */
  async function asking(lines: string): Promise<[Awaited<ReturnType<typeof bench>>, number[]]> {
    const peer = await bench();
    const told: number[] = [];
    peer.sip.send(makeRequest("OPTIONS", "o"), to, {
      response: ({ status }) => void told.push(status),
      failed: () => {},
    });
    await peer.clock.advance(10);
    await peer.say(
      `SIP/2.0 200 OK\nVia: ${header(peer.received[0]!, "Via")}\nFrom: <sip:a@a>;tag=a\nTo: <sip:b@b>;tag=1\nCall-ID: o\nCSeq: 1 OPTIONS\n${lines}\n`,
    );
    return [peer, told];
  }

  test("a response to somebody else, or to nothing, is dropped and counted (§18.1.2)", async () => {
    const peer = await bench();
    await peer.say(
      `SIP/2.0 200 OK\nVia: SIP/2.0/UDP 6.6.6.6;branch=z9hG4bK1\nFrom: <sip:a@a>;tag=a\nTo: <sip:b@b>\nCall-ID: c\nCSeq: 1 INVITE\n\n`,
    );
    await peer.say(
      `SIP/2.0 200 OK\nVia: SIP/2.0/UDP 192.0.2.1:5600;branch=z9hG4bK1\nFrom: <sip:a@a>;tag=a\nTo: <sip:b@b>\nCall-ID: c\nCSeq: 1 INVITE\n\n`,
    );
    expect([...peer.sip.dropped.keys()]).toEqual(["response for another host", "unsolicited response"]);
  });
});

describe("over TCP (§18.3)", () => {
  test("messages are cut by Content-Length, however their bytes come, and answered on their connection", async () => {
    const peer = await bench(answerAll);
    const heard: string[] = [];
    const stream = await connect(peer, (text) => void heard.push(text));
    const text = changedAll(
      asked("OPTIONS", {
        via: "SIP/2.0/TCP 192.0.2.2;branch=z9hG4bKt1",
        lines: "Content-Length: 0\n",
      }),
      "\n",
      "\r\n",
    );
    for (const piece of `${text}\r\n\r\n${changed(changed(text, "z9hG4bKt1", "z9hG4bKt2"), "Call-ID: c", "Call-ID: d")}`.match(
      /.{1,7}/gs,
    ) ?? [])
      stream.write(piece);
    await peer.clock.advance(50);
    expect(heard.join("").match(/^SIP\/2\.0 200/gm)).toHaveLength(2);
  });

  test.each([9_999_999, 49_000])("a message of %p bytes is answered 413, and its stream closed", async (length) => {
    const peer = await bench();
    const heard: string[] = [];
    const stream = await connect(
      peer,
      (text) => void heard.push(text),
      () => void heard.push("closed"),
    );
    stream.write(
      changedAll(
        asked("INVITE", {
          via: "SIP/2.0/TCP 192.0.2.2;branch=z9hG4bKt",
          lines: `Content-Length: ${length}\n`,
        }),
        "\n",
        "\r\n",
      ),
    );
    await peer.clock.advance(50);
    expect([heard[0]?.split("\r\n")[0], heard.at(-1)]).toEqual(["SIP/2.0 413 Request Entity Too Large", "closed"]);
  });

  test("a stream that cannot be cut is closed, and counted", async () => {
    const peer = await bench();
    let closed = false;
    const stream = await connect(
      peer,
      () => {},
      () => {
        closed = true;
      },
    );
    stream.write(crlf(asked("OPTIONS")));
    await peer.clock.advance(50);
    expect(closed).toBe(true);
  });

  async function connect(
    peer: Awaited<ReturnType<typeof bench>>,
    heard: (text: string) => void,
    closed = (): void => {},
  ) {
    const received = (bytes: Uint8Array): void => heard(new TextDecoder().decode(bytes));
    const made = peer.wire.connect(STACK, { received, closed }, 1_000);
    await peer.clock.advance(10);
    return made;
  }
});
