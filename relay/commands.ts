/**
 * The commands of rtpengine's ng protocol that this relay supports: ping, offer, answer, delete, list and query.
 *
 * rtpengine, docs/ng_control_protocol.md. Rules: a call is identified by its call-id alone, since the gateway gives each call its own;
 * of the flags only transport-protocol, which decides who the SDP is for, and codec count; the rest is what this relay always does: ICE
 * and DTLS-SRTP toward the user, neither toward the phone. A failed command is answered with its reason, as rtpengine does. Left out:
 * everything else of ng.
 */
import type { Bencoded, Bencodes } from "../protocol/bencode.ts";
import { Refusal } from "../protocol/refusal.ts";
import type { RelayCall, Rewriting } from "./call.ts";
import type { RelayCalls } from "./calls.ts";
import { RelayError } from "./relay-error.ts";
import type { Traffic } from "./traffic.ts";

/** As many as fit into a datagram. */
const MOST_LISTED = 500;

type Command = (asked: Bencodes, calls: RelayCalls) => Bencodes | Promise<Bencodes>;

const COMMANDS: Readonly<Record<string, Command>> = {
  ping: () => ({ result: "pong" }),
  offer: (asked, calls) => rewritten(asked, calls, "offer"),
  answer: (asked, calls) => rewritten(asked, calls, "answer"),
  delete: (asked, calls) => (calls.end(textOf(asked, "call-id")) ? {} : { warning: "Call-ID not found" }),
  list: ({ limit }, calls) => ({
    calls: calls.names(typeof limit === "number" ? Math.min(limit, MOST_LISTED) : MOST_LISTED),
  }),
  query: (asked, calls) => counted(calls.get(textOf(asked, "call-id"))),
};

/** Executes a command; never rejects. */
export async function perform(asked: Bencodes, calls: RelayCalls): Promise<Bencodes> {
  const name = textOf(asked, "command");
  try {
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command) throw new RelayError("Unrecognized command");
    return { result: "ok", ...(await command(asked, calls)) };
  } catch (error) {
    const isExpected = error instanceof RelayError || error instanceof Refusal;
    return { result: "error", "error-reason": isExpected ? error.message : `a fault of the relay: ${String(error)}` };
  }
}

async function rewritten(asked: Bencodes, calls: RelayCalls, command: Rewriting["command"]): Promise<Bencodes> {
  const [name, sdp, protocol] = ["call-id", "sdp", "transport-protocol"].map((key) => textOf(asked, key));
  if (!name || !sdp || !protocol) throw new RelayError("call-id, sdp and transport-protocol are needed");
  const codecs = command === "offer" ? codecsOf(asked.codec) : undefined;
  const isNew = calls.get(name) === undefined;
  try {
    return {
      sdp: await calls.do(name, command === "offer", (call) => call.rewrite({ sdp, command, protocol, codecs })),
    };
  } catch (error) {
    if (isNew) calls.end(name);
    throw error;
  }
}

/** `codec: { strip: [all], offer: […] }`. */
function codecsOf(codec: Bencoded | undefined): readonly string[] | undefined {
  if (!isDictionary(codec)) return undefined;
  const { strip, offer } = codec;
  if (!isList(strip) || !strip.includes("all") || !isList(offer)) return undefined;
  return offer.filter((name) => typeof name === "string");
}

function counted(call: RelayCall | undefined): Bencodes {
  if (!call) throw new RelayError("Unknown call-id");
  const { user, phone } = call.traffic.counters;
  const both = (side: typeof user): Bencodes => ({ RTP: { ...side.rtp }, RTCP: { ...side.rtcp } });
  const totals = { RTP: sum(user.rtp, phone.rtp), RTCP: sum(user.rtcp, phone.rtcp) };
  return { ...timesOf(call.traffic), user: both(user), phone: both(phone), totals };
}

const timesOf = ({ created, lively = 0 }: Traffic): Bencodes => ({
  created: Math.floor(created / 1_000),
  "last signal": Math.floor(lively / 1_000),
});

type Counts = Traffic["counters"]["user"]["rtp"];
const sum = (one: Counts, other: Counts): Bencodes => ({
  packets: one.packets + other.packets,
  bytes: one.bytes + other.bytes,
  errors: one.errors + other.errors,
});

const isList = (value: Bencoded | undefined): value is readonly Bencoded[] => Array.isArray(value);
const isDictionary = (value: Bencoded | undefined): value is Bencodes =>
  typeof value === "object" && !Array.isArray(value);

function textOf(asked: Bencodes, key: string): string {
  const value = asked[key];
  return typeof value === "string" ? value : "";
}
