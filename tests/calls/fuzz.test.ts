/**
 * Messages that went wrong, at a whole gateway: SIP requests and responses with bytes, words and lines lost, doubled and
 * put where they do not belong, in the midst of calls.
 *
 * Whatever comes, nothing throws, and what was begun is over in the end: no call is left, and no transaction 64*T1 after
 * the last of them. Chance comes from a seed, so that what failed once fails again.
 */
import { expect, test } from "bun:test";
import { Gateway } from "../../actors/gateway.ts";
import type { LogEvent } from "../../actors/log.ts";
import { createChance } from "../../replay/chance.ts";
import { createClock, type SimulatedClock } from "../../replay/clock.ts";
import { COMPONENT, GATEWAY, gatewayConfig, needsOf, PROXY, SERVER } from "../../replay/gateway.ts";
import { PlayServer } from "../../replay/server.ts";
import { createWire, type Wire } from "../../replay/wire.ts";
import { crlf } from "../support/changed.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";

const ROUNDS = 400;
const JULIET = "juliet@example.org/balcony";
const OURS = "juliet@192.0.2.1:5600";
const METHODS = ["ACK", "BYE", "INFO", "INVITE", "UPDATE", "PRACK", "OPTIONS", "CANCEL"];
const STATUSES = "100 180 180 183 200 200 200 302 401 407 422 486 488 491 500".split(" ");
const SDPS = ["offer-sdp", "answer-sdp", "plain-sdp", "added-video-sdp", "rejected-video-sdp"];
/** What is put into messages. */
const ODD = [
  ...[
    "",
    "0",
    "-1",
    "4294967296",
    "a",
    " ",
    "\r\n",
    ":",
    ";",
    "=",
    "/",
    "*",
    '"',
    "<",
    ">",
    ",",
    "@",
    "%00",
    "%",
    "[::1]",
  ],
  ...["undefined", "__proto__", "constructor", "é", "tag=1", "lr", "sip:", "sips:", "tel:", "transport=tcp", "\0"],
  ...["Require: 100rel\r\n", "Session-Expires: 90\r\nSupported: timer\r\n", "RSeq: 1\r\nRequire: 100rel\r\n"],
  ...[
    'WWW-Authenticate: Digest realm="a", nonce="b"\r\n',
    "Min-SE: 200\r\n",
    "Expires: 0\r\n",
    "Content-Length: 5\r\n",
  ],
  ...[
    "Reason: Q.850;cause=17\r\n",
    "Via: SIP/2.0/UDP a\r\n",
    "Contact: *\r\n",
    "Content-Disposition: x;handling=optional\r\n",
  ],
];

interface Leg {
  readonly from: string;
  to: string;
  readonly callId: string;
  seq: number;
}

class Fuzz {
  readonly clock: SimulatedClock = createClock();
  readonly logged: LogEvent[] = [];
  readonly gateway: Gateway;
  readonly #wire: Wire;
  readonly #chance: () => number;
  readonly #heard: string[] = [];
  readonly #legs: Leg[] = [];
  readonly #server: PlayServer;
  #sessions: { readonly sid: string; readonly from: string }[] = [];
  #said = 0;
  #send: (text: string) => void = () => {};

  constructor(seed: number) {
    this.#chance = createChance(seed);
    this.#wire = createWire(this.clock, { seed });
    const log = (event: LogEvent): void => void this.logged.push(event);
    const config = gatewayConfig({ username: "u", password: "p", maxCalls: 10_000 });
    this.gateway = new Gateway(config, needsOf(this.clock, this.#wire, log, seed));
    this.#server = new PlayServer((stanza) => {
      const { type, id, from, to } = stanza.attrs;
      const { action, sid } = stanza.getChild("jingle")?.attrs ?? {};
      if (type === "set") this.#server.send(`<iq type='result' id='${id}' from='${to}' to='${from}'/>`);
      if (action === "session-initiate") this.#sessions = [...this.#sessions, { sid, from: String(from) }].slice(-10);
    });
  }

  async run(): Promise<void> {
    await this.#wire.listen(SERVER, (stream) => this.#server.accept(stream));
    const hear = (bytes: Uint8Array): void => void this.#heard.push(new TextDecoder().decode(bytes));
    const phone = await this.#wire.openUdp(PROXY, { received: hear, failed: () => {} });
    this.#send = (text) => phone.send(new TextEncoder().encode(this.#spoilt(text)), GATEWAY);
    void this.gateway.start();
    await this.clock.advance(100);
    this.#server.send(`<presence from='${JULIET}' to='${COMPONENT}'/>`);
    for (let round = 0; round < ROUNDS; round++) {
      this.#act(round);
      await this.clock.advance(5);
      for (const text of this.#heard.splice(0)) this.#hear(text);
    }
    this.gateway.calls.end();
    await this.clock.advance(200_000);
  }

  #act(round: number): void {
    const choice = this.#below(10);
    if (choice < 3) {
      const leg = { from: `<sip:carol@x>;tag=c${round}`, to: "<sip:juliet@example.org>", callId: `c${round}`, seq: 0 };
      this.#legs.push(leg);
      this.#request("INVITE", leg, this.#one(SDPS));
    } else if (choice < 7 && this.#legs.length > 0) {
      this.#request(this.#one(METHODS), this.#one(this.#legs), this.#one(["", ...SDPS]));
    } else if (choice < 8) {
      this.#jingle("session-initiate", `s${round}`, "bob@sip.example.org", PLAY_TEXTS["offer-contents"]);
    } else if (this.#sessions.length > 0) {
      const { sid, from } = this.#one(this.#sessions);
      const accepts = this.#below(3) > 0;
      if (accepts) this.#jingle("session-accept", sid, from, PLAY_TEXTS["answer-contents"]);
      else this.#jingle("session-terminate", sid, from, "<reason><success/></reason>");
    }
  }

  /** What the phone makes of what it hears: an answer to a request; to an answer, its tag and an ACK. */
  #hear(text: string): void {
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(text)?.[1]?.trim() ?? "";
    const leg = this.#legs.findLast(({ callId }) => callId === field("Call-ID"));
    if (text.startsWith("SIP/2.0")) {
      if (leg && !leg.to.includes("tag=")) leg.to = field("To");
      if (leg && field("CSeq").endsWith("INVITE") && /^SIP\/2\.0 [2-6]/.test(text)) this.#request("ACK", leg, "");
      return;
    }
    const method = text.split(" ", 1)[0];
    if (method === "ACK") return;
    const to = field("To").includes("tag=") ? field("To") : `${field("To")};tag=b${this.#below(3)}`;
    const status = method === "INVITE" ? this.#one(STATUSES) : this.#one(["200", "200", "481", "401"]);
    const copied = ["Via", "From", "Call-ID", "CSeq"].map((name) => `${name}: ${field(name)}`).join("\r\n");
    const isAnswer = method === "INVITE" && /^(?:183|2)/.test(status);
    this.#send(
      `SIP/2.0 ${status} X\r\n${copied}\r\nTo: ${to}\r\n${this.#rest("sip:bob@192.0.2.2:5060", isAnswer ? this.#one(SDPS) : "")}`,
    );
    if (method === "INVITE") this.#legs.push({ from: to, to: field("From"), callId: field("Call-ID"), seq: 1 });
  }

  #request(method: string, leg: Leg, sdp: string): void {
    if (method !== "ACK" && method !== "CANCEL") leg.seq++;
    const via = `SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK${method === "CANCEL" ? this.#said : ++this.#said};rport`;
    this.#send(
      `${method} sip:${OURS} SIP/2.0\r\nVia: ${via}\r\nMax-Forwards: 70\r\nFrom: ${leg.from}\r\nTo: ${leg.to}\r\nCall-ID: ${leg.callId}\r\nCSeq: ${leg.seq} ${method}\r\n${this.#rest("sip:carol@192.0.2.2:5060", sdp)}`,
    );
  }

  #rest(contact: string, sdp: string): string {
    const body = sdp === "" ? "" : crlf(PLAY_TEXTS[sdp] ?? "");
    return `Contact: <${contact}>\r\n${body === "" ? "" : "Content-Type: application/sdp\r\n"}\r\n${body}`;
  }

  #jingle(action: string, sid: string, to: string, inside = ""): void {
    const jingle = `<jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='${sid}' initiator='${JULIET}'>${inside}</jingle>`;
    this.#server.send(`<iq type='set' id='j${++this.#said}' from='${JULIET}' to='${to}'>${jingle}</iq>`);
  }

  /** A message with nothing, one thing or two things wrong. */
  #spoilt(text: string): string {
    let spoilt = text;
    for (let times = this.#below(3); times > 0; times--) spoilt = this.#spoiltOnce(spoilt);
    return spoilt;
  }

  #spoiltOnce(text: string): string {
    const at = this.#below(text.length);
    const lines = text.split("\r\n");
    const words = [...text.matchAll(/[\w.+-]+/g)];
    const word = words[this.#below(words.length)];
    const ways = [
      () => text.slice(0, at) + text.slice(at + this.#below(20)),
      () => text.slice(0, at) + this.#one(ODD) + text.slice(at),
      () => lines.toSpliced(this.#below(lines.length), 1).join("\r\n"),
      () => lines.toSpliced(this.#below(lines.length), 0, this.#one([...ODD, ...lines]).trim()).join("\r\n"),
      () => word && text.slice(0, word.index) + this.#one([...ODD, ...lines]) + text.slice(word.index + word[0].length),
    ];
    return this.#one(ways)() ?? text;
  }

  #below(most: number): number {
    return Math.floor(this.#chance() * most);
  }

  #one<T>(of: readonly T[]): T {
    return of[this.#below(of.length)] as T;
  }
}

// proves: A8
test.each([1, 2, 3, 4, 120, 154])("spoilt messages do no harm (seed %p)", async (seed) => {
  const fuzz = new Fuzz(seed);
  await fuzz.run();
  expect(fuzz.logged.filter(({ level }) => level === "error")).toEqual([]);
  expect(fuzz.logged.filter(({ event }) => event === "call.started").length).toBeGreaterThan(50);
  expect([fuzz.gateway.calls.registry.size, fuzz.gateway.sip.transactions]).toEqual([0, 0]);
});
