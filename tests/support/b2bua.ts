/**
 * The SIP proxy of the predecessor's tests: a back-to-back user agent on real sockets that acts by the number
 * dialled.
 *
 *   error.NNN   is answered NNN
 *   +…          is a phone: 183, and 200 after 200 ms
 *   *…          is a conference room: the same, and a re-INVITE 200 ms after the ACK
 *   all else    rings (180), is called back with another Call-ID at the gateway of its domain, and whatever one side says
 *               is said to the other
 *   all else    rings (180), and a call with another Call-ID goes to the gateway of its domain; messages are forwarded between
 *               the two
 */

import { systemClock } from "../../actors/clock.ts";
import { Load } from "../../actors/load.ts";
import { SipStack } from "../../actors/sip/stack.ts";
import type { DialogUser, ServerTransaction } from "../../actors/sip/user.ts";
import { requestOf, responseTo } from "../../protocol/sip/build.ts";
import { header, readNameAddr } from "../../protocol/sip/fields.ts";
import { tagOf } from "../../protocol/sip/mandatory.ts";
import type { Field, Request, Response } from "../../protocol/sip/message.ts";
import { readUri } from "../../protocol/sip/uri.ts";
import { connectTcp, listenTcp } from "../../transports/tcp.ts";
import { openUdp } from "../../transports/udp.ts";
import { type Carried, carried, Leg } from "./b2bua-leg.ts";

const LOCAL = "127.0.0.1";
const PAUSE = 200;
const SDP: Field = ["Content-Type", "application/sdp"];

/** A phone's answer to an offer: the same SDP, with its own addresses and keys. */
function mirrored(offer: string): string {
  return offer
    .replaceAll("a=setup:actpass", "a=setup:active")
    .replaceAll(/^a=ice-(ufrag|pwd):(.*)$/gm, "a=ice-$1:b2bua$2")
    .replaceAll(/^(a=candidate:.*) (?:\d+\.){3}\d+ (\d+ typ)/gm, "$1 203.0.113.77 $2");
}

export class B2bua {
  /** Received requests, by method, with their To. */
  readonly heard: string[] = [];
  readonly #sip: SipStack;
  /** By Call-ID and our tag. */
  readonly #legs = new Map<string, Leg>();
  /** By the transaction of their INVITE. */
  readonly #begun = new Map<string, { readonly leg: Leg; readonly tag: string; readonly request: Request }>();
  /** SIP ports of gateways, by domain. */
  readonly #gateways = new Map<string, number>();

  constructor() {
    const inside: DialogUser = {
      request: (_, transaction) => this.#requested(transaction),
      takesAck: () => true,
      takesOffer: () => true,
    };
    this.#sip = new SipStack({
      clock: systemClock,
      random: () => crypto.randomUUID().replaceAll("-", ""),
      open: { udp: openUdp, listen: listenTcp, connect: connectTcp },
      resolvePeer: async () => [],
      configured: [],
      strict: false,
      resolve: async () => [LOCAL],
      bind: [LOCAL],
      port: 0,
      localHost: LOCAL,
      log: () => {},
      load: new Load(systemClock),
      allow: () => true,
      broken: () => {},
      user: {
        dialogOf: () => inside, // found by #insideDialog
        request: inside.request,
        refused: () => {},
        cancelled: (transaction) => this.#cancelled(transaction),
        acknowledged: (transaction) => this.#acknowledged(transaction),
        unacknowledged: () => {},
      },
    });
  }

  get port(): number {
    return this.#sip.port;
  }

  start(): Promise<void> {
    return this.#sip.start();
  }

  stop(): Promise<void> {
    return this.#sip.stop();
  }

  /** Routes calls to users of a domain to this port. */
  route(domain: string, port: number): void {
    this.#gateways.set(domain, port);
  }

  /** Sends an INVITE without an offer, and returns its final status. */
  invite(callee: string, port: number): Promise<number> {
    const request = this.#inviteOf("sip:anybody@numbers.test", callee, { callId: crypto.randomUUID() });
    return new Promise((resolve) => {
      const response = ({ status }: Response): void => void (status >= 200 && resolve(status));
      const failed = (): void => resolve(408);
      this.#sip.send(request, { transport: "udp", host: LOCAL, port }, { response, failed });
    });
  }

  #inviteOf(caller: string, callee: string, by: { callId: string; tag?: string; offer?: Carried }): Request {
    const { callId, tag = crypto.randomUUID(), offer = { headers: [], body: "" } } = by;
    const headers: Field[] = [
      ["From", `<${caller}>;tag=${tag}`],
      ["To", `<${callee}>`],
      ["Call-ID", callId],
      ["CSeq", "1 INVITE"],
      ...offer.headers,
    ];
    return requestOf({ method: "INVITE", uri: callee, headers, body: offer.body });
  }

  get #contact(): Field {
    return ["Contact", `<sip:${LOCAL}:${this.port}>`];
  }

  #requested(transaction: ServerTransaction): void {
    const { request } = transaction;
    const tag = tagOf(request, "To");
    this.heard.push(`${request.method} ${readNameAddr(header(request, "To") ?? "").uri}`);
    if (tag !== undefined) return this.#insideDialog(transaction, tag);
    if (request.method !== "INVITE") return transaction.respond(responseTo(request, 200));
    const callee = readNameAddr(header(request, "To") ?? "").uri;
    const { user, host } = readUri(callee);
    const [, status] = /^error\.(\d{3})$/.exec(user) ?? [];
    if (status !== undefined) return transaction.respond(responseTo(request, Number(status)));
    if (/^[+*]/.test(user)) return this.#answerSelf(transaction);
    const gateway = this.#gateways.get(host);
    if (gateway === undefined) return transaction.respond(responseTo(request, 404));
    this.#callBack(transaction, callee, gateway);
  }

  #take(transaction: ServerTransaction): { leg: Leg; tag: string } {
    const tag = crypto.randomUUID();
    const leg = new Leg(this.#sip, this.#contact);
    this.#legs.set(`${header(transaction.request, "Call-ID")} ${tag}`, leg);
    this.#begun.set(transaction.id, { leg, tag, request: transaction.request });
    return { leg, tag };
  }

  #answerSelf(transaction: ServerTransaction): void {
    const { leg, tag } = this.#take(transaction);
    leg.take(transaction, tag, 183);
    setTimeout(() => leg.answer(200, tag, this.#own(transaction.request)), PAUSE);
  }

  /** Its response as a callee: an answer to an offer. */
  #own({ body, method }: Request): Carried {
    return method === "INVITE" && body !== "" ? { headers: [SDP], body: mirrored(body) } : { headers: [], body: "" };
  }

  #callBack(transaction: ServerTransaction, callee: string, port: number): void {
    const { request } = transaction;
    const { leg, tag } = this.#take(transaction);
    leg.take(transaction, tag, 180);
    const back = new Leg(this.#sip, this.#contact);
    [leg.other, back.other] = [back, leg];
    const [callId, ourTag] = [crypto.randomUUID(), crypto.randomUUID()];
    this.#legs.set(`${callId} ${ourTag}`, back);
    const caller = readNameAddr(header(request, "From") ?? "").uri;
    const invite = this.#inviteOf(caller, callee, { callId, tag: ourTag, offer: carried(request) });
    back.place(invite, { transport: "udp", host: LOCAL, port }, (response) =>
      leg.answer(response.status, tag, carried(response)),
    );
  }

  #insideDialog(transaction: ServerTransaction, tag: string): void {
    const { request } = transaction;
    const leg = this.#legs.get(`${header(request, "Call-ID")} ${tag}`);
    if (!leg) return transaction.respond(responseTo(request, 481));
    leg.hear(transaction, tag, (heard) => this.#own(heard));
  }

  #cancelled(transaction: ServerTransaction): void {
    const begun = this.#begun.get(transaction.id);
    begun?.leg.answer(487, begun.tag);
    begun?.leg.other?.cancel();
  }

  /** A conference room sends a re-INVITE after the ACK. */
  #acknowledged({ id }: ServerTransaction): void {
    const { leg, request } = this.#begun.get(id) ?? {};
    if (!leg || !request || !readUri(readNameAddr(header(request, "To") ?? "").uri).user.startsWith("*")) return;
    setTimeout(() => leg.ask("INVITE", this.#own(request), () => {}), PAUSE);
  }
}
