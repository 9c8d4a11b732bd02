/**
 * Whole calls over bad wires: datagrams lost, doubled and overtaken at 30 %, streams cut to pieces and cut off. Every call
 * ends on both sides, and nothing is left of it.
 *
 * The phone is a second SIP stack of ours with a person on top, the user a client that acknowledges and does its part.
 */
import { describe, expect, test } from "bun:test";
import type { Element } from "@xmpp/xml";
import { Gateway } from "../../actors/gateway.ts";
import type { LogEvent } from "../../actors/log.ts";
import type { ServerTransaction } from "../../actors/sip/user.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import { header } from "../../protocol/sip/fields.ts";
import type { Request, Response } from "../../protocol/sip/message.ts";
import { createClock, type SimulatedClock } from "../../replay/clock.ts";
import { COMPONENT, GATEWAY, gatewayConfig, needsOf, PROXY, SERVER } from "../../replay/gateway.ts";
import { PlayServer } from "../../replay/server.ts";
import { createWire, type Wire } from "../../replay/wire.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { makeRequest, makeStack, type TestStack } from "../support/sip.ts";

const JULIET = "juliet@example.org/balcony";
const BOB = `bob@${COMPONENT}`;
const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);
const BAD = { drop: 0.3, duplicate: 0.3, reorder: 0.3, split: 7 } as const;

type Person = "answers" | "rejects" | "lets it ring";
interface Scene {
  readonly placedBy: "user" | "phone";
  /** What the called side does, and who ends the call, after how long. */
  readonly called: Person;
  readonly ends?: "user" | "phone";
  readonly cut?: boolean;
}

const SCENES: readonly (readonly [string, Scene])[] = [
  ["the user calls, the user hangs up", { placedBy: "user", called: "answers", ends: "user" }],
  ["the user calls, the phone hangs up", { placedBy: "user", called: "answers", ends: "phone" }],
  ["the user calls, the phone rejects", { placedBy: "user", called: "rejects" }],
  ["the user calls and gives up", { placedBy: "user", called: "lets it ring", ends: "user" }],
  ["the phone calls, the user hangs up", { placedBy: "phone", called: "answers", ends: "user" }],
  ["the phone calls, the phone hangs up", { placedBy: "phone", called: "answers", ends: "phone" }],
  ["the phone calls, the user rejects", { placedBy: "phone", called: "rejects" }],
  ["the phone calls and gives up", { placedBy: "phone", called: "lets it ring", ends: "phone" }],
  ["the phone hangs up while the stream is cut", { placedBy: "user", called: "answers", ends: "phone", cut: true }],
  ["the user hangs up after the stream was cut", { placedBy: "phone", called: "answers", ends: "user", cut: true }],
];

describe.each(SCENES)("%s", (_, scene) => {
  // proves: D16
  test.each(SEEDS)("over bad wires (seed %p)", async (seed) => {
    const storm = new Storm(scene, seed);
    await storm.run();
    expect(storm.gateway.calls.registry.size).toBe(0);
    expect([...storm.phoneCalls.values()]).toEqual(["ended"]);
    expect(storm.userCall).toBe("ended");
    expect(storm.logged.filter(({ level }) => level === "error")).toEqual([]);
  });
});

class Storm {
  readonly clock: SimulatedClock = createClock();
  readonly logged: LogEvent[] = [];
  readonly phoneCalls = new Map<string, "ringing" | "up" | "ended">();
  userCall: "none" | "ringing" | "up" | "ended" = "none";
  readonly gateway: Gateway;
  readonly #scene: Scene;
  readonly #wire: Wire;
  readonly #server = new PlayServer((stanza) => this.#stanza(stanza));
  readonly #phone: TestStack;
  #peer = BOB;
  #sid = "storm";
  #asked = 0;
  #invited: ServerTransaction | undefined;

  constructor(scene: Scene, seed: number) {
    this.#scene = scene;
    this.#wire = createWire(this.clock, { seed, ...BAD });
    this.gateway = new Gateway(
      gatewayConfig(),
      needsOf(this.clock, this.#wire, (event) => void this.logged.push(event), seed),
    );
    this.#phone = makeStack(
      {
        clock: this.clock,
        open: { udp: this.#wire.openUdp, listen: this.#wire.listen, connect: this.#wire.connect },
        ...{ bind: [PROXY.host], port: PROXY.port, localHost: PROXY.host },
      },
      (request, transaction) => this.#phoneHears(request, transaction),
    );
  }

  async run(): Promise<void> {
    const { placedBy, ends, cut } = this.#scene;
    await this.#wire.listen(SERVER, (stream) => this.#server.accept(stream));
    await this.#phone.sip.start();
    void this.gateway.start();
    await this.clock.advance(200);
    this.#server.send(`<presence from='${JULIET}' to='${COMPONENT}'/>`);
    await this.clock.advance(100);
    if (placedBy === "user") this.#userSays("session-initiate", PLAY_TEXTS["offer-contents"]);
    else this.#phoneCalls();
    await this.clock.advance(20_000);
    if (cut) this.#wire.cut();
    if (ends === "user") {
      await this.clock.advance(1_000);
      this.#userSays("session-terminate", "<reason><success/></reason>");
      this.userCall = "ended";
    }
    if (ends === "phone") this.#phoneEnds();
    await this.clock.advance(400_000);
    if (this.#phone.heard.words.includes("cancelled")) this.phoneCalls.set(this.#sid, "ended");
  }

  #stanza(stanza: Element): void {
    const { type, id, from } = stanza.attrs;
    const jingle = stanza.getChild("jingle");
    if (type !== "set" || !jingle) return;
    this.#server.send(`<iq type='result' id='${id}' from='${JULIET}' to='${from}'/>`);
    const { action, sid } = jingle.attrs;
    if (action === "session-terminate") this.userCall = "ended";
    if (action === "session-accept") this.userCall = "up";
    if (action !== "session-initiate") return;
    [this.#peer, this.#sid, this.userCall] = [String(from), String(sid), "ringing"];
    if (this.#scene.called === "answers") this.#userSays("session-accept", PLAY_TEXTS["answer-contents"]);
    if (this.#scene.called !== "rejects") return;
    this.#userSays("session-terminate", "<reason><decline/></reason>");
    this.userCall = "ended";
  }

  #userSays(action: string, inside = ""): void {
    const jingle = `<jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='${this.#sid}'>${inside}</jingle>`;
    this.#server.send(`<iq type='set' id='u${++this.#asked}' from='${JULIET}' to='${this.#peer}'>${jingle}</iq>`);
  }

  #phoneHears(request: Request, transaction: ServerTransaction): void {
    const callId = header(request, "Call-ID") ?? "";
    if (request.method !== "INVITE") {
      if (request.method === "BYE") this.phoneCalls.set(callId, "ended");
      return transaction.respond(responseTo(request, 200));
    }
    this.#invited = transaction;
    transaction.respond(responseTo(request, 180, { toTag: "phone", headers: [CONTACT] }));
    this.phoneCalls.set(callId, this.#scene.called === "rejects" ? "ended" : "up");
    const type = ["Content-Type", "application/sdp"] as const;
    const body = PLAY_TEXTS["answer-sdp"] ?? "";
    if (this.#scene.called === "answers")
      transaction.respond(responseTo(request, 200, { toTag: "phone", headers: [CONTACT, type], body }));
    if (this.#scene.called === "rejects") transaction.respond(responseTo(request, 486, { toTag: "phone" }));
  }

  #phoneCalls(): void {
    const made = makeRequest("INVITE", "storm-in", { body: PLAY_TEXTS["offer-sdp"] ?? "" });
    const invite: Request = {
      ...made,
      uri: "sip:juliet@example.org",
      headers: [...made.headers.filter(([name]) => name !== "Contact"), CONTACT, ["Content-Type", "application/sdp"]],
    };
    this.phoneCalls.set("storm-in", "ringing");
    this.#outgoing = this.#phone.sip.send(invite, TO, {
      response: (response) => this.#phoneIsAnswered(response),
      failed: () => this.phoneCalls.set("storm-in", "ended"),
    });
  }
  #outgoing: ReturnType<TestStack["sip"]["send"]> | undefined;
  #toTag = "";

  #phoneIsAnswered(response: Response): void {
    if (response.status < 200) return;
    if (response.status >= 300) return void this.phoneCalls.set("storm-in", "ended");
    this.#toTag = /tag=([^;]+)/.exec(header(response, "To") ?? "")?.[1] ?? "";
    this.#phone.sip.acknowledge(this.#inside("ACK", 1), TO);
    if (this.phoneCalls.get("storm-in") === "ringing") this.phoneCalls.set("storm-in", "up");
  }

  #inside(method: string, cseq: number): Request {
    return { ...makeRequest(method, "storm-in", { cseq, toTag: this.#toTag }), uri: "sip:gateway@192.0.2.1:5600" };
  }

  #phoneEnds(): void {
    const hungUp = { response: () => {}, failed: () => {} };
    if (this.#scene.placedBy === "phone") {
      if (this.#scene.called === "answers") {
        this.#phone.sip.send(this.#inside("BYE", 2), TO, hungUp);
        this.phoneCalls.set("storm-in", "ended");
      } else if (this.#outgoing) this.#phone.sip.cancel(this.#outgoing);
      return;
    }
    const invite = this.#invited?.request;
    if (!invite) return;
    const callId = header(invite, "Call-ID") ?? "";
    const bye = makeRequest("BYE", callId, { cseq: 5 });
    const headers = bye.headers.map(([name, value]): readonly [string, string] => {
      if (name === "From") return [name, `${header(invite, "To")};tag=phone`];
      return [name, name === "To" ? (header(invite, "From") ?? "") : value];
    });
    this.#phone.sip.send({ ...bye, headers, uri: "sip:juliet@192.0.2.1:5600" }, TO, hungUp);
    this.phoneCalls.set(callId, "ended");
  }
}

const CONTACT = ["Contact", `<sip:phone@${PROXY.host}:${PROXY.port}>`] as const;
const TO = { transport: "udp", ...GATEWAY } as const;
