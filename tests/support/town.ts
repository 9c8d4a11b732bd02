/**
 * A phone and a user in memory around a gateway that is killed and restarted: they call, answer, hold and hang up at random.
 *
 * Both retransmit like real ones, and record whether each call is over for them. Forbidden repetitions by one gateway are recorded: a
 * CSeq number with another branch in one dialog, an id of an IQ, an end of a session; the next gateway, which cannot know whether an end
 * arrived, may repeat it once, and each side accepts it once. Datagrams may be lost.
 */
import type { Element } from "@xmpp/xml";
import { Gateway } from "../../actors/gateway.ts";
import type { Rows } from "../../actors/store/memory.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import { header } from "../../protocol/sip/fields.ts";
import { cseqOf, tagOf, topVia } from "../../protocol/sip/mandatory.ts";
import type { Field, Request, Response } from "../../protocol/sip/message.ts";
import { readMessage } from "../../protocol/sip/read.ts";
import { writeMessage } from "../../protocol/sip/write.ts";
import { createClock, type SimulatedClock } from "../../replay/clock.ts";
import { COMPONENT, GATEWAY, gatewayConfig, needsOf, PROXY, SERVER } from "../../replay/gateway.ts";
import { Mortal } from "../../replay/mortal.ts";
import { PlayServer } from "../../replay/server.ts";
import { createWire, type Wire } from "../../replay/wire.ts";
import type { Datagrams } from "../../transports/transport.ts";
import { PLAY_TEXTS } from "./play-texts.ts";

const USER = "juliet@example.org/balcony";
const CONTACT: Field = ["Contact", `<sip:bob@${PROXY.host}:${PROXY.port}>`];
const sdpOf = (name: string): string => `${(PLAY_TEXTS[name] ?? "").split("\n").join("\r\n")}\r\n`;

/** Milliseconds that either side waits for the other. */
const PATIENCE = 30_000;

/** The state of a call on one side. */
type Life = "rings" | "talks" | "over";
interface Dialog {
  life: Life;
  readonly invite: Request;
  /** The phone's last response to the INVITE, or the response to its own. */
  last: Response | undefined;
  readonly isCaller: boolean;
  ends: number;
  readonly numbers: Map<number, string>;
  /** The branches of requests answered with 200. */
  readonly answered: Set<string>;
}

export class Town {
  readonly clock: SimulatedClock = createClock();
  readonly twice: string[] = [];
  /** Times at which batches were written. */
  readonly commits: number[] = [];
  readonly #wire: Wire;
  readonly #saved: Rows;
  readonly #seed: number;
  readonly #dialogs = new Map<string, Dialog>();
  readonly #sessions = new Map<string, { life: Life; to: string; ends: number }>();
  readonly #ids = new Set<string>();
  readonly #server = new PlayServer((stanza) => this.#stanza(stanza));
  #phone: Datagrams | undefined;
  #mortal: Mortal | undefined;
  #gateway: Gateway | undefined;
  #starts = 0;
  #count = 0;

  /** `drop` is the probability of losing a datagram. */
  constructor(saved: Rows, seed: number, drop = 0) {
    this.#saved = saved;
    this.#seed = seed;
    this.#wire = createWire(this.clock, { seed: seed + 1, drop });
  }

  async open(): Promise<void> {
    await this.#wire.listen(SERVER, (stream) => this.#server.accept(stream));
    const received = (bytes: Uint8Array): void => this.#heard(bytes);
    this.#phone = await this.#wire.openUdp(PROXY, { received, failed: () => {} });
    await this.start();
  }

  async start(): Promise<void> {
    const mortal = new Mortal(this.clock, this.#wire);
    const needs = needsOf(this.clock, this.#wire, () => {}, this.#seed * 100 + ++this.#starts);
    const store = mortal.store(this.#saved, () => this.commits.push(this.clock.now()));
    this.#gateway = new Gateway(gatewayConfig(), { ...needs, clock: mortal.clock, open: mortal.open, store });
    this.#mortal = mortal;
    await this.#gateway.start();
    await this.pass(10);
    this.#server.send(`<presence from='${USER}' to='${COMPONENT}'/>`);
    await this.pass(5);
  }

  kill(): void {
    this.#mortal?.kill();
  }

  pass(milliseconds: number): Promise<void> {
    return this.clock.advance(milliseconds);
  }

  /** Performs a random event: a call, an answer, or a hang-up. */
  happens(chance: () => number): void {
    const one = <Each>(all: readonly Each[]): Each | undefined => all[Math.floor(chance() * all.length)];
    const ringing = [...this.#dialogs].filter(([, { life, isCaller }]) => life === "rings" && !isCaller);
    const offered = [...this.#sessions].filter(
      ([sid, { life }]) => life === "rings" && this.#dialogs.get(sid)?.isCaller,
    );
    const talking = [...this.#sessions].filter(([, { life }]) => life === "talks");
    const kind = Math.floor(chance() * 10);
    if (kind === 0) this.#userCalls();
    if (kind === 1) this.#phoneCalls();
    if (kind === 2 && ringing.length > 0) this.#answer(one(ringing)?.[0] ?? "");
    if (kind === 3 && offered.length > 0) this.#accept(one(offered)?.[0] ?? "");
    if (kind === 4 && talking.length > 0) this.#terminate(one(talking)?.[0] ?? "");
    if (kind === 5 && talking.length > 0) this.#hangUp(one(talking)?.[0] ?? "");
    const waiting = [...this.#sessions].filter(([, { life }]) => life === "rings");
    const calling = [...this.#dialogs].filter(([, { life, isCaller, last }]) => life === "rings" && isCaller && last);
    if (kind === 6 && waiting.length > 0) this.#terminate(one(waiting)?.[0] ?? "");
    if (kind === 7 && calling.length > 0) this.#cancels(one(calling)?.[0] ?? "");
    if (kind === 8 && ringing.length > 0) this.#declines(one(ringing)?.[0] ?? "");
    if (kind === 9 && talking.length > 0) this.#holds(one(talking)?.[0] ?? "");
  }

  /** Runs until every request is answered or given up. */
  async settle(): Promise<void> {
    for (let second = 0; second < 80; second++) await this.pass(1_000);
  }

  /** Calls that are over on one side and live on the other. */
  get halves(): string[] {
    return [...this.#dialogs].flatMap(([id, { life }]) => {
      const other = this.#sessions.get(id)?.life ?? "over";
      return life === other || (life !== "talks" && other !== "talks") ? [] : [`${id}: phone ${life}, user ${other}`];
    });
  }

  /** Hangs up all live calls, by the user or the phone. */
  async hangUpAll(): Promise<void> {
    [...this.#sessions].forEach(([sid, { life }], index) => {
      if (life === "talks" && index % 2 === 0) this.#terminate(sid);
      else if (life === "talks") this.#hangUp(sid);
    });
    await this.settle();
  }

  /** Remaining calls: in the store, at the gateway, and on both sides. */
  get left(): string[] {
    const talking = [...this.#dialogs].filter(([, { life }]) => life === "talks").map(([id]) => id);
    const calls = this.#gateway?.calls.registry.all().map(({ dialog }) => `call ${dialog.callId}`) ?? [];
    return [...(this.#saved.get("")?.keys() ?? []), ...calls, ...talking];
  }

  // The user

  #userCalls(): void {
    const sid = `u${++this.#count}`;
    this.#sessions.set(sid, { life: "rings", to: `bob@${COMPONENT}`, ends: 0 });
    this.#jingle(sid, "session-initiate", PLAY_TEXTS["offer-contents"]);
    this.#givesUp(sid);
  }

  #accept(sid: string): void {
    const session = this.#sessions.get(sid);
    if (session) session.life = "talks";
    this.#jingle(sid, "session-accept", PLAY_TEXTS["answer-contents"]);
  }

  #terminate(sid: string): void {
    this.#jingle(sid, "session-terminate", "<reason><success/></reason>");
    this.#userEnds(sid);
  }

  /** A request that the gateway may refuse, without ending the session. */
  #holds(sid: string): void {
    this.#jingle(sid, "session-info", "<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>", false);
  }

  #userEnds(sid: string): void {
    const session = this.#sessions.get(sid);
    if (!session) return;
    session.life = "over";
    if (++session.ends > 1) this.twice.push(`end of ${sid} at the user`);
  }

  /** An unanswered IQ fails, and with it its session if `counts`. */
  #jingle(sid: string, action: string, inside = "", counts = true): void {
    const { to } = this.#sessions.get(sid) ?? { to: "" };
    const jingle = `<jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='${sid}' initiator='${USER}' responder='${USER}'>${inside}</jingle>`;
    const id = `j${++this.#count}`;
    if (counts) this.#asked.set(id, sid);
    this.clock.after(PATIENCE, () => this.#asked.delete(id) && this.#fails(sid));
    this.#server.send(`<iq type='set' id='${id}' from='${USER}' to='${to}'>${jingle}</iq>`);
  }
  readonly #asked = new Map<string, string>();

  #fails(sid: string): void {
    if (this.#sessions.get(sid)?.life !== "over") this.#userEnds(sid);
  }

  /** Ringing ends after a time. */
  #givesUp(sid: string): void {
    this.clock.after(PATIENCE, () => this.#sessions.get(sid)?.life === "rings" && this.#terminate(sid));
  }

  #stanza(stanza: Element): void {
    const { type, id, from } = stanza.attrs;
    const jingle = stanza.getChild("jingle");
    const asked = this.#asked.get(id);
    if (type !== "set") this.#asked.delete(id);
    if (type === "error" && asked !== undefined) return this.#fails(asked);
    if (type !== "set" || !jingle) return;
    if (this.#ids.has(id)) this.twice.push(`the id ${id}`);
    this.#ids.add(id);
    const { sid, action } = jingle.attrs;
    // the prefix of its ids identifies the gateway
    if (action === "session-terminate") this.#once(`the end of ${sid}, by ${String(id).split("-")[0]} to the user`);
    const known = this.#sessions.get(sid);
    if (action === "session-initiate" && !known) {
      this.#sessions.set(sid, { life: "rings", to: from, ends: 0 });
      this.#givesUp(sid);
    }
    const isThere = action === "session-initiate" || (known !== undefined && known.life !== "over");
    const answer = isThere
      ? `<iq type='result' id='${id}' from='${USER}' to='${from}'/>`
      : `<iq type='error' id='${id}' from='${USER}' to='${from}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`;
    this.#server.send(answer);
    if (!isThere || !known) return;
    if (action === "session-accept") known.life = "talks";
    if (action === "session-terminate") this.#userEnds(sid);
  }

  // The phone

  #say(message: Request | Response): void {
    this.#phone?.send(writeMessage(message), GATEWAY);
  }

  #phoneCalls(): void {
    const id = `p${++this.#count}`;
    const headers: Field[] = [
      ["Via", `SIP/2.0/UDP ${PROXY.host}:${PROXY.port};rport;branch=z9hG4bK${id}`],
      ["From", `<sip:carol@pbx.example.net>;tag=${id}`],
      ["To", "<sip:juliet@example.org>"],
      ["Call-ID", id],
      ["CSeq", "1 INVITE"],
      CONTACT,
      ["Content-Type", "application/sdp"],
    ];
    const invite: Request = {
      kind: "request",
      method: "INVITE",
      uri: "sip:juliet@example.org",
      headers,
      body: sdpOf("offer-sdp"),
    };
    this.#dialogs.set(id, {
      life: "rings",
      invite,
      last: undefined,
      isCaller: true,
      ends: 0,
      numbers: new Map(),
      answered: new Set(),
    });
    this.#repeat(invite, () => this.#dialogs.get(id)?.last === undefined);
    this.clock.after(PATIENCE, () => this.#cancels(id));
  }

  /** Ringing ends after a time; the response to the CANCEL, if any, ends the call. An INVITE without a response is given up (§9.1). */
  #cancels(id: string): void {
    const dialog = this.#dialogs.get(id);
    if (dialog?.life !== "rings") return;
    const { invite } = dialog;
    if (dialog.last === undefined) return this.#phoneEnds(id, dialog);
    const headers = invite.headers.filter(([name]) => name !== "Content-Type" && name !== "CSeq");
    const cancel: Request = { ...invite, method: "CANCEL", headers: [...headers, ["CSeq", "1 CANCEL"]], body: "" };
    this.#repeat(cancel, () => (dialog.last?.status ?? 0) < 200);
    this.clock.after(1_000, () => dialog.life === "rings" && this.#phoneEnds(id, dialog));
  }

  /** Retransmits until it is answered, for 32 seconds. */
  #repeat(message: Request | Response, isWanted: () => boolean, left = 9, pause = 500): void {
    this.#say(message);
    this.clock.after(pause, () => {
      if (left > 0 && isWanted()) this.#repeat(message, isWanted, left - 1, Math.min(4_000, pause * 2));
    });
  }

  #answer(id: string): void {
    const dialog = this.#dialogs.get(id);
    if (!dialog) return;
    const headers: Field[] = [
      CONTACT,
      ["Allow", "INVITE, ACK, BYE, CANCEL, UPDATE"],
      ["Content-Type", "application/sdp"],
    ];
    dialog.last = responseTo(dialog.invite, 200, { toTag: "bob", headers, body: sdpOf("answer-sdp") });
    dialog.life = "talks";
    this.#repeat(dialog.last, () => !dialog.numbers.has(0) && dialog.life === "talks");
    // RFC 3261 §13.3.1.4: without the ACK the session ends
    this.clock.after(32_000, () => !dialog.numbers.has(0) && dialog.life === "talks" && this.#phoneEnds(id, dialog));
  }

  #hangUp(id: string): void {
    const dialog = this.#dialogs.get(id);
    if (dialog?.life !== "talks") return;
    this.#phoneEnds(id, dialog);
    this.#bye(id, dialog);
  }

  #bye(id: string, dialog: Dialog): void {
    const theirs = dialog.isCaller ? dialog.last : dialog.invite;
    if (!theirs) return;
    const [from, to] = dialog.isCaller ? ["From", "To"] : ["To", "From"];
    const ownTag = dialog.isCaller ? "" : ";tag=bob";
    const headers: Field[] = [
      ["Via", `SIP/2.0/UDP ${PROXY.host}:${PROXY.port};rport;branch=z9hG4bKbye${id}`],
      ["From", `${header(theirs, from ?? "")}${ownTag}`],
      ["To", header(theirs, to ?? "") ?? ""],
      ["Call-ID", id],
      ["CSeq", "90 BYE"],
    ];
    let isAnswered = false;
    this.#answered.set(id, () => {
      isAnswered = true;
    });
    const bye: Request = {
      kind: "request",
      method: "BYE",
      uri: `sip:x@${GATEWAY.host}:${GATEWAY.port}`,
      headers,
      body: "",
    };
    this.#repeat(bye, () => !isAnswered);
  }
  readonly #answered = new Map<string, () => void>();

  /** Records a message that a gateway may send only once. */
  #once(what: string): void {
    if (this.#said.has(what)) this.twice.push(what);
    this.#said.add(what);
  }
  readonly #said = new Set<string>();

  #declines(id: string): void {
    const dialog = this.#dialogs.get(id);
    if (!dialog) return;
    dialog.last = responseTo(dialog.invite, 486, { toTag: "bob" });
    this.#phoneEnds(id, dialog);
    this.#repeat(dialog.last, () => !dialog.numbers.has(0));
  }

  #phoneEnds(id: string, dialog: Dialog): void {
    dialog.life = "over";
    if (++dialog.ends > 1) this.twice.push(`end of ${id} at the phone`);
  }

  #heard(bytes: Uint8Array): void {
    const message = readMessage(bytes);
    const id = header(message, "Call-ID") ?? "";
    if (message.kind === "response") return this.#responded(id, message);
    const dialog = this.#dialogs.get(id);
    const { method } = message;
    if (method === "OPTIONS") return this.#say(responseTo(message, 200, { toTag: "x" }));
    if (method === "INVITE" && tagOf(message, "To") === undefined) return this.#invited(id, message, dialog);
    if (method === "ACK") return void dialog?.numbers.set(0, "ACK");
    if (method === "CANCEL") return this.#cancelled(id, message, dialog);
    const branch = topVia(message).branch ?? "";
    if (dialog) this.#number(id, message, dialog);
    if (dialog?.life === "over" && dialog.answered.has(branch)) return this.#say(responseTo(message, 200, {}));
    if (dialog?.life !== "talks") return this.#say(responseTo(message, 481, {}));
    dialog.answered.add(branch);
    const isOffer = method === "INVITE";
    const headers: Field[] = isOffer ? [CONTACT, ["Content-Type", "application/sdp"]] : [CONTACT];
    this.#say(responseTo(message, 200, { headers, body: isOffer ? sdpOf("answer-sdp") : "" }));
    if (method === "BYE") this.#phoneEnds(id, dialog);
  }

  /** A CSeq number belongs to one branch. */
  #number(id: string, request: Request, { numbers }: Dialog): void {
    const { number } = cseqOf(request);
    const branch = topVia(request).branch ?? "";
    if ((numbers.get(number) ?? branch) !== branch) this.twice.push(`the CSeq ${number} of ${id}`);
    // each start has its own range of a thousand numbers
    const isNew = !numbers.has(number);
    if (isNew && request.method === "BYE") this.#once(`BYE ${id}, by start ${Math.floor(number / 1_000)}`);
    numbers.set(number, branch);
  }

  #invited(id: string, invite: Request, known: Dialog | undefined): void {
    if (known && topVia(known.invite).branch === topVia(invite).branch) {
      if (known.last && !known.numbers.has(0)) this.#say(known.last);
      return;
    }
    const last = responseTo(invite, 180, { toTag: "bob", headers: [CONTACT] });
    this.#dialogs.set(id, {
      life: "rings",
      invite,
      last,
      isCaller: false,
      ends: 0,
      numbers: new Map(),
      answered: new Set(),
    });
    this.#say(last);
  }

  #cancelled(id: string, cancel: Request, dialog: Dialog | undefined): void {
    this.#say(responseTo(cancel, dialog ? 200 : 481, { toTag: "bob" }));
    if (dialog?.life !== "rings") return;
    this.#phoneEnds(id, dialog);
    dialog.last = responseTo(dialog.invite, 487, { toTag: "bob" });
    this.#repeat(dialog.last, () => !dialog.numbers.has(0));
  }

  #responded(id: string, response: Response): void {
    const dialog = this.#dialogs.get(id);
    const { method } = cseqOf(response);
    if (method === "BYE") return this.#answered.get(id)?.();
    if (!dialog || method !== "INVITE") return;
    if (response.status < 200) {
      dialog.last ??= response;
      return;
    }
    // the first answer counts; each gets its ACK
    const isFirst = dialog.life === "rings" && (dialog.last?.status ?? 0) < 200;
    if (isFirst && response.status < 300) dialog.life = "talks";
    if (isFirst && response.status >= 300) this.#phoneEnds(id, dialog);
    const isLate = dialog.life === "over" && (dialog.last?.status ?? 0) < 200;
    if (isFirst || isLate) dialog.last = response;
    const headers: Field[] = [
      [
        "Via",
        response.status < 300
          ? `SIP/2.0/UDP ${PROXY.host}:${PROXY.port};rport;branch=z9hG4bKack${id}`
          : (header(dialog.invite, "Via") ?? ""),
      ],
      ["From", header(response, "From") ?? ""],
      ["To", header(response, "To") ?? ""],
      ["Call-ID", id],
      ["CSeq", "1 ACK"],
    ];
    const isForgotten = !isFirst && response.status >= 300 && dialog.life === "talks";
    if (!isForgotten) this.#say({ kind: "request", method: "ACK", uri: dialog.invite.uri, headers, body: "" });
    // a response that is no longer awaited (RFC 3261 §13.2.2.4)
    if (isLate && response.status < 300) this.#bye(id, dialog);
  }
}
