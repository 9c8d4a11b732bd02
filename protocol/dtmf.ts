/**
 * DTMF: the keys of a phone, and the bodies of INFO that carry them (`application/dtmf-relay`, `application/dtmf`;
 * draft-kaplan-dispatch-info-dtmf-package §2). The `<dtmf/>` of XEP-0181 is in jingle/dtmf.ts.
 *
 * Rules: a key is one of 0-9, *, #, A-D; a tone without a duration has the default of XEP-0181. Left out on purpose:
 * volume, which INFO cannot express, and telephone-events inside RTP, which the gateway never sees.
 */
import { Refusal } from "./refusal.ts";

/** A key press: one of 0-9, *, #, A-D; duration in milliseconds. */
export interface Tone {
  readonly code: string;
  readonly duration: number;
}

const DEFAULT_DURATION = 100;
const LONGEST = 6_000;

export const isKey = (code: string): boolean => /^[0-9*#A-D]$/.test(code);

/** The tone of a key; the duration (milliseconds) is clamped. */
export const toneOf = (code: string, duration = DEFAULT_DURATION): Tone => ({
  code,
  duration: Math.min(LONGEST, Math.max(1, duration)),
});

/** The key in the body of an INFO; undefined if the content type is not a DTMF one. Throws `Refusal` (400). */
export function readDtmfBody(type: string, body: string): Tone | undefined {
  if (type !== "application/dtmf-relay" && type !== "application/dtmf") return undefined;
  const relayed = /^[ \t]*Signal[ \t]*=[ \t]*(\S+)/im.exec(body)?.[1];
  const code = (relayed ?? body.trim()).toUpperCase();
  const duration = /^[ \t]*Duration[ \t]*=[ \t]*(\d{1,6})/im.exec(body)?.[1];
  const key = NAMED[code] ?? code;
  if (!isKey(key)) throw new Refusal("the body names no key of a phone", { status: 400 });
  return toneOf(key, duration === undefined ? undefined : Number(duration));
}

/** COMPAT Cisco: star and pound by their event numbers (RFC 4733 §3.2). */
const NAMED: Readonly<Record<string, string>> = { "10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D" };

/** The body of an INFO of type `application/dtmf-relay`. */
export function writeDtmfBody({ code, duration }: Tone): string {
  return `Signal=${code}\r\nDuration=${duration}\r\n`;
}
