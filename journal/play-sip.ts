/**
 * The SIP messages of a call as steps of a play.
 *
 * Rules: the phone of plays completes its messages (play-phone.ts), so only fields are written in which it would differ; messages
 * from the gateway are expected with their decisive fields and their whole SDP. A request of the phone that belongs to an
 * earlier transaction (CANCEL, ACK) has its branch.
 */
import { attempt, Refusal } from "../protocol/refusal.ts";
import { header, values } from "../protocol/sip/fields.ts";
import type { Message } from "../protocol/sip/message.ts";
import { readMessage } from "../protocol/sip/read.ts";
import type { WireEntry } from "./entries.ts";
import type { Ports } from "./exchange/addresses.ts";
import { type Others, PLAY } from "./exchange/others.ts";
import { type Exchanged, exchangeSip } from "./exchange/sip.ts";
import { PlayPhone } from "./play-phone.ts";
import { PLACES, type Places, type Side } from "./play-places.ts";
import { stepText } from "./play-step.ts";

type Fields = Exchanged["fields"];

/** Fields that the phone of plays fills in. */
const FILLED = ["From", "To", "Call-ID", "CSeq"];
/** Fields that are the same in every call. */
const UNHEARD = new Set("Allow Accept Supported Content-Type Recv-Info".split(" "));

export class PlaySip {
  readonly #others: Others;
  readonly #ports: Ports;
  readonly #sideOf: (wire: WireEntry) => Side;
  readonly #phones = { phone: phoneAt("phone"), provider: phoneAt("provider"), stranger: phoneAt("stranger") };
  /** The Via of the phone's requests in the play, by side and original branch. */
  readonly #vias = new Map<string, string>();

  constructor({ others, ports, sideOf }: Places) {
    this.#others = others;
    this.#ports = ports;
    this.#sideOf = sideOf;
  }

  /** The step for a message; undefined if it cannot be read. */
  step(wire: WireEntry): string | undefined {
    const message = attempt(() => readMessage(wire.bytes));
    if (message instanceof Refusal) return undefined;
    const side = this.#sideOf(wire);
    this.#others.ours = wire.out;
    const exchanged = exchangeSip(message, this.#others, this.#ports);
    return wire.out ? this.#heard(side, message, exchanged) : this.#said(side, message, exchanged);
  }

  #heard(side: Side, message: Message, { start, fields, body }: Exchanged): string {
    const via = `Via: SIP/2.0/UDP ${PLAY.gateway}:${PLAY.gatewayPort};branch=${branchOf(message)}`;
    const whole = [start, via, ...fields.map(([name, value]) => `${name}: ${value}`)];
    this.#phones[side].hear([...whole, "", ...body].join("\n"));
    const lines = fields.filter(([name]) => !UNHEARD.has(name)).map(([name, value]) => `${name}: ${value}`);
    return stepText(`gateway > ${side}`, [start, ...lines, ...body]);
  }

  #said(side: Side, message: Message, { start, fields, body }: Exchanged): string {
    const phone = this.#phones[side];
    const own = fields.filter(([name]) => !FILLED.includes(name));
    const due = fields.filter(([name]) => FILLED.includes(name));
    const filled = completed(phone.copy(), start, message.kind === "response" ? [...due.filter(isCSeq), ...own] : own);
    const explicit = due.filter(
      ([name, value]) => filled.get(name) !== value || (isCSeq([name, value]) && message.kind === "response"),
    );
    const via = this.#viaOf(side, message, filled);
    const said = [...via, ...explicit, ...own];
    completed(phone, start, said);
    const lines = [
      start,
      ...said.map(([name, value]) => `${name}: ${value}`),
      ...(body.length > 0 ? ["", ...body] : []),
    ];
    return stepText(`${side} > gateway`, lines);
  }

  /** The Via to write: that of an earlier request, if the phone of plays would use another. */
  #viaOf(side: Side, message: Message, filled: ReadonlyMap<string, string>): Fields {
    if (message.kind === "response") return [];
    const branch = branchOf(message);
    const known = this.#vias.get(`${side} ${branch}`);
    const via = filled.get("Via") ?? "";
    if (known === undefined) this.#vias.set(`${side} ${branch}`, via);
    return known === undefined || known === via ? [] : [["Via", known]];
  }
}

const phoneAt = (side: Side): PlayPhone => new PlayPhone(`${PLACES[side]}:${PLAY.proxyPort}`);

const isCSeq = ([name]: readonly [string, string]): boolean => name === "CSeq";

/** The message completed by the phone of plays: its fields by name. */
function completed(phone: PlayPhone, start: string, fields: Fields): ReadonlyMap<string, string> {
  const text = [start, ...fields.map(([name, value]) => `${name}: ${value}`)].join("\n");
  const lines = phone.complete(text).split("\r\n");
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)] as const));
}

const branchOf = (message: Message): string =>
  /;\s*branch=([^;,\s]+)/.exec(values(message, "Via")[0] ?? header(message, "Via") ?? "")?.[1] ?? "";
