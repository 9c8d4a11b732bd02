/**
 * The SIP side of a call as it is saved, so that another process can go on with it: plain JSON, and its schema.
 *
 * Rules: a request is saved with its body only where it may have to be sent or answered again; what is in flight is not saved (an
 * INFO, a PRACK, keys that wait), and neither is what only finished transactions need. Numbers of ours go on `RESERVE` higher for each
 * start since the save, since what went out after it is not known (RFC 3261 §12.2.1.1 allows gaps); so nothing is saved anew at a start. ../calls/saved-call.ts is the rest of a call.
 */
import { z } from "zod";
import type { Media } from "../../protocol/media/media.ts";
import type { Response } from "../../protocol/sip/message.ts";
import type { ServerTransaction } from "../sip/user.ts";

/** How many requests of a dialog may go out in a start until it is saved again, at half of them. */
export const RESERVE = 1_000;

const savedMedia = z.custom<Media>(
  (value) => z.looseObject({ contents: z.array(z.looseObject({ name: z.string() })) }).safeParse(value).success,
);

const field = z.tuple([z.string(), z.string()]).readonly();
const message = { headers: z.array(field).readonly(), body: z.string() };
const savedRequest = z.object({
  kind: z.literal("request"),
  method: z.string(),
  uri: z.string(),
  ...message,
});
const savedResponse = z.object({ kind: z.literal("response"), status: z.number(), phrase: z.string(), ...message });
const savedDestination = z.object({
  transport: z.enum(["udp", "tcp", "tls"]),
  host: z.string(),
  port: z.number(),
  trunk: z.string().optional(),
  accepted: z.literal(true).optional(),
});

const dialog = z.object({
  callId: z.string(),
  local: z.string(),
  remote: z.string(),
  localSeq: z.number(),
  remoteSeq: z.number().nullable(),
  remoteTarget: z.string(),
  routeSet: z.array(z.string()).readonly(),
});

const savedFork = z.object({
  tag: z.string(),
  dialog,
  open: z.boolean(),
  trickles: z.boolean(),
  updates: z.boolean(),
  takesCandidates: z.boolean(),
  takesTones: z.boolean(),
  reliable: z.number().nullable(),
  isAcknowledged: z.boolean(),
});

/** A request of theirs that has no final response, or no ACK to its 200, yet; and that 200. */
const theirs = z.object({
  request: savedRequest,
  source: savedDestination,
  success: savedResponse.optional(),
});

/** An INVITE of ours that has no final response yet. */
const ours = z.object({
  request: savedRequest,
  branch: z.string(),
  /** How many tries with credentials may follow it. */
  left: z.number(),
  hop: savedDestination.optional(),
});

const offers = z.object({
  ours: z.object({ ...ours.shape, tag: z.string(), media: savedMedia }).optional(),
  theirs: z.object({ ...theirs.shape, tag: z.string() }).optional(),
  /** What our 200 has offered, until its ACK. */
  offeredIn200: savedMedia.optional(),
  /** What the relay has offered in the phone's place, and whether the user has answered. */
  renewal: z.object({ tag: z.string(), isAnswered: z.boolean() }).optional(),
});

/** A call that is answered. */
export const savedPhone = z.object({
  originId: z.string(),
  place: savedDestination.optional(),
  heard: z.object({ hosts: z.array(z.string()).readonly(), passers: z.array(z.string()).readonly() }),
  forks: z.array(savedFork).readonly(),
  chosen: z.string().nullable(),
  hungUp: z.boolean(),
  description: z.object({ version: z.number(), digest: z.string().optional() }),
  /** The terms of the session timer, and the instant of the last refresh. */
  timer: z.object({ interval: z.number(), ours: z.boolean(), since: z.number() }).optional(),
  offers,
  /** The ACK to its answer, where that has perhaps not gone out. */
  ack: savedRequest.optional(),
  /** The INVITE that began the call, where it is theirs and has had no ACK yet. */
  invite: theirs.optional(),
});

/** A call that is not answered yet: its INVITE. */
export const savedInvite = z.object({ ours: ours.optional(), theirs: theirs.optional() });

export type SavedFork = z.infer<typeof savedFork>;
export type SavedTheirs = z.infer<typeof theirs>;
export type SavedOurs = z.infer<typeof ours>;
export type SavedPhone = z.infer<typeof savedPhone>;
export type SavedOffers = z.infer<typeof offers>;
export type SavedInvite = z.infer<typeof savedInvite>;

/** A request of theirs, without its body where that is not needed any more. */
export function savedTheirs({ request, source }: ServerTransaction, success?: Response): SavedTheirs {
  return { request: success ? { ...request, body: "" } : request, source, success };
}
