/**
 * The phone of a town (town.ts): calls, answers, declines, cancels and hangs up, and retransmits as a real one does.
 *
 * Rules: a request without a response is given up; ringing ends after `PATIENCE`; without an ACK an answered call ends (RFC 3261
 * §13.3.1.4). A CSeq number with another branch in one dialog, and a second end of a call, are recorded.
 */
import { responseTo } from "../../protocol/sip/build.ts";
import { header } from "../../protocol/sip/fields.ts";
import { cseqOf, tagOf, topVia } from "../../protocol/sip/mandatory.ts";
import type { Field, Request, Response } from "../../protocol/sip/message.ts";
import { readMessage } from "../../protocol/sip/read.ts";
import { writeMessage } from "../../protocol/sip/write.ts";
import type { SimulatedClock } from "../../replay/clock.ts";
import { GATEWAY, PROXY } from "../../replay/gateway.ts";
import type { Wire } from "../../replay/wire.ts";
import type { Datagrams } from "../../transports/transport.ts";
import { PLAY_TEXTS } from "./play-texts.ts";
import type { Life, Once } from "./town-once.ts";

const CONTACT: Field = ["Contact", `<sip:bob@${PROXY.host}:${PROXY.port}>`];
const sdpOf = (name: string): string => `${(PLAY_TEXTS[name] ?? "").split("\n").join("\r\n")}\r\n`;

/** Milliseconds that the phone rings, and lets ring. */
const PATIENCE = 30_000;

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

export class TownPhone {
  readonly dialogs = new Map<string, Dialog>();
  readonly #clock: SimulatedClock;
  readonly #wire: Wire;
  readonly #once: Once;
  readonly #answered = new Map<string, () => void>();
  #socket: Datagrams | undefined;
  #count = 0;

  constructor(clock: SimulatedClock, wire: Wire, once: Once) {
    this.#clock = clock;
    this.#wire = wire;
    this.#once = once;
  }

  async open(): Promise<void> {
    const received = (bytes: Uint8Array): void => this.#heard(bytes);
    this.#socket = await this.#wire.openUdp(PROXY, { received, failed: () => {} });
  }

  #say(message: Request | Response): void {
    this.#socket?.send(writeMessage(message), GATEWAY);
  }

  calls(): void {
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
    this.dialogs.set(id, {
      life: "rings",
      invite,
      last: undefined,
      isCaller: true,
      ends: 0,
      numbers: new Map(),
      answered: new Set(),
    });
    this.#repeat(invite, () => this.dialogs.get(id)?.last === undefined);
    this.#clock.after(PATIENCE, () => this.cancel(id));
  }

  /** Ringing ends after a time; the response to the CANCEL, if any, ends the call. An INVITE without a response is given up (§9.1). */
  cancel(id: string): void {
    const dialog = this.dialogs.get(id);
    if (dialog?.life !== "rings") return;
    const { invite } = dialog;
    if (dialog.last === undefined) return this.#ends(id, dialog);
    const headers = invite.headers.filter(([name]) => name !== "Content-Type" && name !== "CSeq");
    const cancel: Request = { ...invite, method: "CANCEL", headers: [...headers, ["CSeq", "1 CANCEL"]], body: "" };
    this.#repeat(cancel, () => (dialog.last?.status ?? 0) < 200);
    this.#clock.after(1_000, () => dialog.life === "rings" && this.#ends(id, dialog));
  }

  /** Retransmits until it is answered, for 32 seconds. */
  #repeat(message: Request | Response, isWanted: () => boolean, left = 9, pause = 500): void {
    this.#say(message);
    this.#clock.after(pause, () => {
      if (left > 0 && isWanted()) this.#repeat(message, isWanted, left - 1, Math.min(4_000, pause * 2));
    });
  }

  answer(id: string): void {
    const dialog = this.dialogs.get(id);
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
    this.#clock.after(32_000, () => !dialog.numbers.has(0) && dialog.life === "talks" && this.#ends(id, dialog));
  }

  hangUp(id: string): void {
    const dialog = this.dialogs.get(id);
    if (dialog?.life !== "talks") return;
    this.#ends(id, dialog);
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

  decline(id: string): void {
    const dialog = this.dialogs.get(id);
    if (!dialog) return;
    dialog.last = responseTo(dialog.invite, 486, { toTag: "bob" });
    this.#ends(id, dialog);
    this.#repeat(dialog.last, () => !dialog.numbers.has(0));
  }

  #ends(id: string, dialog: Dialog): void {
    dialog.life = "over";
    if (++dialog.ends > 1) this.#once.twice.push(`end of ${id} at the phone`);
  }

  #heard(bytes: Uint8Array): void {
    const message = readMessage(bytes);
    const id = header(message, "Call-ID") ?? "";
    if (message.kind === "response") return this.#responded(id, message);
    const dialog = this.dialogs.get(id);
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
    if (method === "BYE") this.#ends(id, dialog);
  }

  /** A CSeq number belongs to one branch. */
  #number(id: string, request: Request, { numbers }: Dialog): void {
    const { number } = cseqOf(request);
    const branch = topVia(request).branch ?? "";
    if ((numbers.get(number) ?? branch) !== branch) this.#once.twice.push(`the CSeq ${number} of ${id}`);
    // each start has its own range of a thousand numbers
    const isNew = !numbers.has(number);
    if (isNew && request.method === "BYE") this.#once.said(`BYE ${id}, by start ${Math.floor(number / 1_000)}`);
    numbers.set(number, branch);
  }

  #invited(id: string, invite: Request, known: Dialog | undefined): void {
    if (known && topVia(known.invite).branch === topVia(invite).branch) {
      if (known.last && !known.numbers.has(0)) this.#say(known.last);
      return;
    }
    const last = responseTo(invite, 180, { toTag: "bob", headers: [CONTACT] });
    this.dialogs.set(id, {
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
    this.#ends(id, dialog);
    dialog.last = responseTo(dialog.invite, 487, { toTag: "bob" });
    this.#repeat(dialog.last, () => !dialog.numbers.has(0));
  }

  #responded(id: string, response: Response): void {
    const dialog = this.dialogs.get(id);
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
    if (isFirst && response.status >= 300) this.#ends(id, dialog);
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
