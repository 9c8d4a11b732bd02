/**
 * Keys pressed, in both notations: XEP-0181's `<dtmf/>` in a session-info, and the bodies of INFO that phones have agreed on
 * (`application/dtmf-relay`, `application/dtmf`; draft-kaplan-dispatch-info-dtmf-package §2).
 *
 * Rule: a key is one of 0-9, *, #, A-D; a tone that does not say how long lasts as long as XEP-0181 says. Left out on
 * purpose: volume, which INFO has no word for, and telephone-events inside RTP, which pass the gateway by.
 */
import xml, { type Element } from "@xmpp/xml";
import { numberOf, unreadable, wordOf } from "./jingle/values.ts";
import { Refusal } from "./refusal.ts";
import { DTMF } from "./xmpp/namespaces.ts";

export interface DtmfTone {
  readonly code: string;
  /** Milliseconds. */
  readonly duration: number;
}

const KEY = /^[0-9*#A-D]$/;
const DEFAULT_DURATION = 100;
const LONGEST = 6_000;
const within = (duration: number): number => Math.min(LONGEST, Math.max(1, duration));

/** Reads a `<dtmf/>`. Throws `Refusal` (bad-request). */
export function readDtmfElement(dtmf: Element): DtmfTone {
  const code = wordOf(dtmf, "code").toUpperCase();
  if (!KEY.test(code)) throw unreadable(`${JSON.stringify(code)} is no key of a phone`);
  return { code, duration: within(numberOf(dtmf, "duration") ?? DEFAULT_DURATION) };
}

/** Writes a `<dtmf/>`. */
export function writeDtmfElement({ code, duration }: DtmfTone): Element {
  return xml("dtmf", { xmlns: DTMF, code, duration: `${duration}` });
}

/** The key of an INFO's body by its type; undefined when it is no DTMF at all. Throws `Refusal` (400). */
export function readDtmfBody(type: string, body: string): DtmfTone | undefined {
  if (type !== "application/dtmf-relay" && type !== "application/dtmf") return undefined;
  const relayed = /^[ \t]*Signal[ \t]*=[ \t]*(\S+)/im.exec(body)?.[1];
  const code = (relayed ?? body.trim()).toUpperCase();
  const duration = Number(/^[ \t]*Duration[ \t]*=[ \t]*(\d{1,6})/im.exec(body)?.[1] ?? DEFAULT_DURATION);
  const key = NAMED[code] ?? code;
  if (!KEY.test(key)) throw new Refusal("the body names no key of a phone", { status: 400 });
  return { code: key, duration: within(duration) };
}

/** COMPAT Cisco: star and pound by their event numbers (RFC 4733 §3.2). */
const NAMED: Readonly<Record<string, string>> = { "10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D" };

/** The body of an INFO of type `application/dtmf-relay`. */
export function writeDtmfBody({ code, duration }: DtmfTone): string {
  return `Signal=${code}\r\nDuration=${duration}\r\n`;
}
