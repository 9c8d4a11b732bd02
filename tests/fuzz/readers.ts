/**
 * All readers of foreign input, each with good inputs: SIP, its frames, SDP, fragments, stanzas, Jingle, a relay's bencode, API requests.
 *
 * A reader returns a value or a refusal. The result must not depend on how the bytes are split: it throws if it does.
 */
import { deepStrictEqual } from "node:assert";
import type { Element } from "@xmpp/xml";
import { readInfo } from "../../actors/phone/info.ts";
import { SipFrames } from "../../actors/sip/frames.ts";
import { readReceived } from "../../actors/sip/receive.ts";
import { Journal } from "../../journal/journal.ts";
import { readBencode } from "../../protocol/bencode.ts";
import * as changes from "../../protocol/jingle/changes.ts";
import { readJingle, readReason } from "../../protocol/jingle/jingle.ts";
import { readJingleMessage } from "../../protocol/jingle/messages.ts";
import { readTransportInfo } from "../../protocol/jingle/transport-info.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { readTrickleFragment } from "../../protocol/sdp/fragment.ts";
import { readJingleAction, readSdp } from "../../protocol/sdp/read.ts";
import { bodyOf } from "../../protocol/sip/body.ts";
import { responseTo, withToTag } from "../../protocol/sip/build.ts";
import { readCopied } from "../../protocol/sip/copied.ts";
import { dialogFromRequest, dialogFromResponse, hopOf, nextHop } from "../../protocol/sip/dialog.ts";
import { challengesOf } from "../../protocol/sip/digest.ts";
import { clientKeyOf, serverKeyOf } from "../../protocol/sip/match.ts";
import type { Request, Response } from "../../protocol/sip/message.ts";
import { COPIED } from "../../protocol/sip/names.ts";
import { readMessage } from "../../protocol/sip/read.ts";
import { causeIn } from "../../protocol/sip/reason-header.ts";
import { judge } from "../../protocol/sip/rules.ts";
import { timerOf } from "../../protocol/sip/session-timer.ts";
import { writeMessage } from "../../protocol/sip/write.ts";
import { capsNode, isAmbiguous, verificationText } from "../../protocol/xmpp/caps-hash.ts";
import { handedOver } from "../../protocol/xmpp/delegation.ts";
import { readHead } from "../../protocol/xmpp/head.ts";
import { StanzaReader } from "../../protocol/xmpp/stanza.ts";
import { gatewayConfig } from "../../replay/gateway.ts";
import { settingOf } from "../../replay/setting.ts";
import { Access } from "../../web/access.ts";
import { windowApp } from "../../web/app.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { BENCODE, FRAGMENTS, QUERIES, SDP, SIP, STANZAS } from "./corpus.ts";

export interface Reader {
  readonly name: string;
  readonly corpus: readonly string[];
  /** The result for an input; any exception other than `Refusal` is a fault. */
  read(bytes: Uint8Array): unknown;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const SOURCE = { transport: "udp", host: "203.0.113.66", port: 5060 } as const;
const OFFER = readSdp(PLAY_TEXTS["offer-sdp"] ?? "", { by: "initiator" });

/** Everything that stack and call read from a request, and the refusal as sent. */
function requestRead(request: Request): unknown[] {
  const refusal = attempt(() => writeMessage(withToTag(responseTo(request, 400), () => "tag")));
  const readings = [judge, serverKeyOf, bodyOf, causeIn, nextHop].map((read) => attempt(() => read(request)));
  const hop = attempt(() => hopOf(dialogFromRequest(request, "tag")));
  return [refusal, ...readings, hop, readInfo(request, OFFER, false)];
}

/** The fast reader for refusals must agree with the full reader. */
function copiedAsWhole(bytes: Uint8Array): unknown {
  const copied = readCopied(bytes);
  const whole = readMessage(bytes);
  if (whole.kind === "response" || copied === undefined) return copied;
  return same(copied, { ...whole, headers: whole.headers.filter(([name]) => COPIED.has(name)), body: "" });
}

function responseRead(response: Response): unknown[] {
  const readings = [clientKeyOf, bodyOf, causeIn, challengesOf, timerOf].map((read) => attempt(() => read(response)));
  const invite: Request = {
    kind: "request",
    method: "INVITE",
    uri: "sip:b@b",
    headers: [["CSeq", "1 INVITE"]],
    body: "",
  };
  const dialog = dialogFromResponse(invite, response);
  return [...readings, dialog, attempt(() => hopOf(dialog))];
}

/** Splits bytes into pieces of these lengths, cyclically. */
function* pieces(bytes: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const length = lengths[piece % lengths.length] ?? 1;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

function framed(bytes: Uint8Array, lengths: readonly number[]): unknown[] {
  const frames = new SipFrames();
  const told: unknown[] = [];
  for (const piece of pieces(bytes, lengths)) {
    const fault = frames.push(piece, (message) => void told.push(text(message)));
    if (fault !== undefined) return [...told, fault];
  }
  return told;
}

function streamed(bytes: Uint8Array, lengths: readonly number[], take: (stanza: Element) => unknown): unknown[] {
  const told: unknown[] = [];
  const reader = new StanzaReader({
    opened: (stream) => void told.push("opened", String(stream)),
    stanza: (stanza) => void told.push(take(stanza)),
    oversized: (head, excess) => void told.push(excess, String(head)),
    ended: () => void told.push("ended"),
    fault: (condition) => void told.push(condition),
  });
  reader.push(
    new TextEncoder().encode(
      "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>",
    ),
  );
  for (const piece of pieces(bytes, lengths)) reader.push(piece);
  return told;
}

function same(one: unknown, other: unknown): unknown {
  deepStrictEqual(one, other);
  return one;
}

/** Everything read from a stanza; refusals do not count as output, since they say nothing of it. */
function stanzaRead(stanza: Element): unknown[] {
  const head = attempt(() => readHead(stanza));
  const inside = head instanceof Refusal || head === undefined ? undefined : attempt(() => handedOver(head));
  const [child = stanza] = stanza.getChildElements();
  const jingle = stanza.getChild("jingle") ?? stanza;
  const readings = [
    () => readJingleMessage(stanza),
    () => capsNode(stanza),
    () => [verificationText(child), isAmbiguous(child)],
    () => readJingle(jingle),
    () => readJingle(jingle, "answer"),
    () => readReason(jingle),
    () => readTransportInfo(jingle),
    () => changes.readSenders(jingle),
    () => changes.readNamedSources(jingle, OFFER),
    () => changes.readNames(jingle),
    () => changes.readContentNames(jingle),
    () => changes.readTransports(jingle),
    () => changes.readCodecs(jingle),
  ];
  const read = readings.map((each) => attempt<unknown>(each)).filter((value) => !(value instanceof Refusal));
  return [String(head), String(inside), ...read];
}

const access = new Access({ token: "", isLocal: true, random: () => "session", now: () => 0 });
const app = windowApp({
  ...{ journal: new Journal({ now: () => 0, budget: 2 ** 20 }), access, boot: "run", version: "1.2.3" },
  metrics: { type: "text/plain", text: async () => "" },
  health: () => ({ sip: true, xmpp: true, proxy: "up", relay: "none", state: "running", calls: 0 }),
  setting: () => settingOf(gatewayConfig()),
  hangUp: () => false,
  drain: () => {},
});

/** The response of the API; a server error is a fault. */
async function asked(path: string): Promise<unknown> {
  if (!URL.canParse(`http://127.0.0.1${path}`)) return "no URL";
  const reader = new AbortController();
  const { signal } = reader;
  const answer = await app.request(`http://127.0.0.1${path}`, { headers: { host: "127.0.0.1" }, signal });
  // 503: too many feeds, since an abandoned feed is noticed at its next poll
  if (answer.status >= 500 && answer.status !== 503) throw new Error(`${answer.status}: ${await answer.text()}`);
  await answer.body?.cancel();
  reader.abort();
  return answer.status;
}

const CUTS = [1_460, 1, 7, 64];

export const READERS: readonly Reader[] = [
  {
    name: "sip",
    corpus: SIP,
    read(bytes) {
      const { message } = readReceived(bytes, SOURCE);
      if (message === undefined) return undefined;
      return message.kind === "request" ? requestRead(message) : responseRead(message);
    },
  },
  { name: "copied", corpus: SIP, read: copiedAsWhole },
  { name: "frames", corpus: SIP, read: (bytes) => same(framed(bytes, [bytes.length]), framed(bytes, CUTS)) },
  {
    name: "sdp",
    corpus: SDP,
    read: (bytes) =>
      [
        () => readSdp(text(bytes), { by: "initiator" }),
        () => readSdp(text(bytes), { by: "responder", answerTo: OFFER }),
        () => readSdp(text(bytes), { by: "initiator", follows: OFFER }),
        () => readJingleAction(text(bytes)),
      ].map((read) => attempt<unknown>(read)),
  },
  { name: "fragment", corpus: [...FRAGMENTS, ...SDP], read: (bytes) => readTrickleFragment(text(bytes), OFFER) },
  {
    name: "stream",
    corpus: STANZAS,
    read: (bytes) => same(streamed(bytes, [bytes.length], String), streamed(bytes, CUTS, String)),
  },
  { name: "jingle", corpus: STANZAS, read: (bytes) => streamed(bytes, [bytes.length], stanzaRead) },
  { name: "bencode", corpus: BENCODE, read: readBencode },
  { name: "api", corpus: QUERIES, read: (bytes) => asked(text(bytes)) },
];
