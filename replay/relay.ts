/**
 * A media relay for plays: it implements rtpengine's ng protocol and rewrites SDP as rtpengine does, without any media.
 *
 * Rules: a call keeps its ports, ufrag and certificate, whichever fork answers; a repeated cookie gets the same answer without
 * repeating the command; an answer to an unknown call is an error. Lines of the SDP unknown to plain RTP stay, as with
 * rtpengine. Knobs make it silent, lossy, slow, repetitive or wrong.
 */

import type { Clock } from "../actors/clock.ts";
import { type Bencoded, type Bencodes, readBencode, writeBencode } from "../protocol/bencode.ts";
import type { Address, Datagrams, OpenDatagrams } from "../transports/transport.ts";
import { Missed } from "./missed.ts";

export const RELAY: Address = { host: "192.0.2.14", port: 2223 };

/** Lines of an SDP about the writer's transport, which the relay replaces by its own. */
const OWN =
  /^(?:c=|b=|a=(?:candidate|ice-\w+|fingerprint|setup|rtcp|rtcp-mux|crypto|end-of-candidates|group)(?:[: ]|$))/;
const NAMES: Readonly<Record<string, string>> = { "0": "PCMU", "3": "GSM", "8": "PCMA", "9": "G722" };

export class PlayRelay {
  /** Whether it never answers. */
  isSilent = false;
  /** Number of datagrams to ignore. */
  deafTo = 0;
  /** Delay of each answer in milliseconds. */
  delay = 0;
  /** Copies of each answer. */
  copies = 1;
  /** Error sent instead of answers to offers and answers. */
  fault: string | undefined;
  /** Whether the play writes the answers to offers and answers. */
  isSpokenFor = false;
  /** The commands executed, except pings and queries. */
  readonly done: Bencodes[] = [];
  /** The known calls with their numbers. */
  readonly calls = new Map<string, number>();
  readonly #clock: Clock;
  readonly #at: Address;
  readonly #answered = new Map<string, Uint8Array>();
  /** Commands that wait for the play, by their cookies. */
  readonly #waiting = new Map<string, { readonly from: Address; readonly since: number }>();
  #isForgetful = false;
  #socket: Datagrams | undefined;
  #count = 0;

  constructor(clock: Clock, at: Address = RELAY) {
    this.#clock = clock;
    this.#at = at;
  }

  async open(openUdp: OpenDatagrams): Promise<void> {
    this.#socket = await openUdp(this.#at, {
      received: (bytes, from) => this.#received(bytes, from),
      failed: () => {},
    });
  }

  /** Forgets its calls, as after a restart; later answers have other ports and keys. */
  restart(): void {
    this.calls.clear();
    this.#answered.clear();
  }

  /** Whether a command waits for an SDP from the play. */
  get isAsked(): boolean {
    const given = this.#clock.now() - GIVEN_UP;
    for (const [cookie, { since }] of this.#waiting) if (since <= given) this.#waiting.delete(cookie);
    return this.#waiting.size > 0;
  }

  /** For an SDP in the play that no command waits for: the relay was restarted, and the gateway will ask once it notices. */
  forget(): void {
    this.#isForgetful = true;
  }

  /** Answers the oldest waiting command: with an SDP, or with `error: ` and the reason. */
  say(text: string): void {
    const [first] = this.#waiting;
    if (first === undefined) throw new Missed("a command to the relay", "none");
    const [cookie, { from }] = first;
    this.#waiting.delete(cookie);
    this.#isForgetful = false;
    const [, reason] = /^error: (.*)/.exec(text) ?? [];
    const sdp = `${text.trim().replaceAll("\n", "\r\n")}\r\n`;
    const answer = withCookie(
      cookie,
      reason === undefined ? { result: "ok", sdp } : { result: "error", "error-reason": reason },
    );
    this.#answered.set(cookie, answer);
    this.#socket?.send(answer, from);
  }

  #received(bytes: Uint8Array, from: Address): void {
    if (this.isSilent || this.deafTo-- > 0) return;
    this.deafTo = 0;
    const space = bytes.indexOf(0x20);
    const cookie = new TextDecoder().decode(bytes.subarray(0, space));
    const known = this.#answered.get(cookie);
    const command = readBencode(bytes.subarray(space + 1)) as Bencodes;
    if (!known && this.isSpokenFor && "sdp" in command) {
      if (!this.#waiting.has(cookie)) this.#waiting.set(cookie, { from, since: this.#clock.now() });
      return;
    }
    const answer = known ?? this.#answer(cookie, command);
    this.#answered.set(cookie, answer);
    this.#clock.after(this.delay, () => {
      for (let copy = 0; copy < this.copies; copy++) this.#socket?.send(answer, from);
    });
  }

  #answer(cookie: string, command: Bencodes): Uint8Array {
    if (!ASKING.has(String(command.command))) this.done.push(command);
    return withCookie(cookie, this.#do(command));
  }

  #do(command: Bencodes): Bencoded {
    const name = String(command["call-id"]);
    if (command.command === "ping") return { result: "pong" };
    const isKnown = this.calls.has(name);
    if (command.command === "query")
      return (this.isSpokenFor ? this.#isForgetful : !isKnown) ? UNKNOWN : { result: "ok" };
    if (command.command === "list") return { result: "ok", calls: [...this.calls.keys()] };
    if (command.command === "delete")
      return this.calls.delete(name) ? { result: "ok" } : { result: "ok", warning: "Call-ID not found" };
    if (this.fault !== undefined) return { result: "error", "error-reason": this.fault };
    if (!isKnown && command.command === "answer") return UNKNOWN;
    if (!isKnown) this.calls.set(name, ++this.#count);
    return { result: "ok", sdp: madeOf(command, this.calls.get(name) ?? 0) };
  }
}

/** Milliseconds after which whoever asks gives up. */
const GIVEN_UP = 1_750;
const ASKING: ReadonlySet<string> = new Set(["ping", "query"]);
const UNKNOWN = { result: "error", "error-reason": "Unknown call-id" } as const;

const withCookie = (cookie: string, answer: Bencoded): Uint8Array =>
  new Uint8Array([...new TextEncoder().encode(`${cookie} `), ...writeBencode(answer)]);

/** The rewritten SDP of a command, in the call with this number. */
function madeOf(command: Bencodes, call: number): string {
  const isForPhone = command.ICE === "remove";
  const { offer: codecs } = (command.codec ?? {}) as { offer?: readonly string[] };
  const sections = String(command.sdp)
    .split(/\r\n(?=m=)/)
    .map((section) => section.split("\r\n").filter((line) => line !== "" && !OWN.test(line)));
  const lines = sections.flatMap((section, at) => {
    if (at === 0) return [...section, `c=IN IP4 ${RELAY.host}`];
    if (section[0]?.startsWith("m=audio 0") || !section[0]?.startsWith("m=audio")) return section.slice(0, 1);
    const kept = codecs ? withCodecs(section, codecs) : section;
    const port = 30_000 + 4 * call + (isForPhone ? 2 : 0);
    const first = String(kept[0]).replace(/^m=audio \d+ \S+/, `m=audio ${port} ${command["transport-protocol"]}`);
    return [first, ...kept.slice(1), ...(isForPhone ? keysOf(first) : webrtc(command, port, call, section))];
  });
  return lines.map((line) => `${line}\r\n`).join("");
}

/** The section reduced to these codecs. */
function withCodecs(section: readonly string[], codecs: readonly string[]): string[] {
  const [media = "", port = "", protocol = "", ...formats] = (section[0] ?? "").split(" ");
  const mapped = new Map(
    section.flatMap((line): [string, string][] => {
      const [, id = "", name = ""] = /^a=rtpmap:(\d+) ([^/]+)/.exec(line) ?? [];
      return id === "" ? [] : [[id, name]];
    }),
  );
  const isWanted = (id: string): boolean => codecs.includes(mapped.get(id) ?? NAMES[id] ?? "");
  const rest = section.slice(1).filter((line) => {
    const [, id] = /^a=(?:rtpmap|fmtp|rtcp-fb):(\d+)/.exec(line) ?? [];
    return id === undefined || isWanted(id);
  });
  return [[media, port, protocol, ...formats.filter(isWanted)].join(" "), ...rest];
}

const KEY = "inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const keysOf = (first: string): string[] =>
  first.includes("RTP/SAVP") ? [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 ${KEY}`, `a=crypto:2 AEAD_AES_256_GCM ${KEY}`] : [];

/** The ICE and DTLS-SRTP lines of the relay. */
function webrtc({ command }: Bencodes, port: number, call: number, section: readonly string[]): string[] {
  return [
    ...(section.some((line) => line.startsWith("a=mid:")) ? [] : ["a=mid:1"]),
    "a=rtcp-mux",
    `a=ice-ufrag:relay${call}`,
    `a=ice-pwd:relayrelayrelayrelay${call}`,
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => call.toString(16).padStart(2, "0").toUpperCase()).join(":")}`,
    `a=setup:${command === "offer" ? "actpass" : "active"}`,
    `a=candidate:1 1 UDP 2130706431 ${RELAY.host} ${port} typ host`,
    "a=end-of-candidates",
  ];
}
