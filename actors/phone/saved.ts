/**
 * The saved SIP side of a call, from which another process can continue it: plain JSON, and its schema.
 *
 * Rules: a request is saved with its body only if it may have to be sent or answered again; requests in flight (INFO, PRACK),
 * waiting tones, and the state of finished transactions are not saved. Our CSeq numbers continue `RESERVE` higher for each
 * start since the save, since the requests sent after it are unknown (RFC 3261 §12.2.1.1 allows gaps); so a start saves nothing again.
 * ../calls/saved-call.ts is the rest of a call.
 */
import { z } from "zod";
import type { Media } from "../../protocol/media/media.ts";
import type { Response } from "../../protocol/sip/message.ts";
import type { ServerTransaction } from "../sip/user.ts";

/** The CSeq numbers of a dialog available to one start; the dialog is saved again when half are used. */
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

/** A CSeq number (RFC 3261 §8.1.1.5). */
const sequence = z
  .int()
  .min(0)
  .max(2 ** 31);

const dialog = z.object({
  callId: z.string(),
  local: z.string(),
  remote: z.string(),
  localSeq: sequence,
  remoteSeq: sequence.nullable(),
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

/** A request of theirs without a final response, or whose 200 has no ACK yet; and that 200. */
const theirs = z.object({
  request: savedRequest,
  source: savedDestination,
  success: savedResponse.optional(),
});

/** An INVITE of ours without a final response yet. */
const ours = z.object({
  request: savedRequest,
  branch: z.string(),
  /** The number of tries with credentials left. */
  left: z.number(),
  hop: savedDestination.optional(),
});

const offers = z.object({
  ours: z.object({ ...ours.shape, tag: z.string(), media: savedMedia }).optional(),
  theirs: z.object({ ...theirs.shape, tag: z.string() }).optional(),
  /** The offer in our 200, until its ACK. */
  offeredIn200: savedMedia.optional(),
  /** The relay's offer in the phone's place, and whether the user has answered. */
  renewal: z.object({ tag: z.string(), isAnswered: z.boolean() }).optional(),
});

/** An answered call. */
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
  /** The ACK to its answer, if it may not have been sent. */
  ack: savedRequest.optional(),
  /** The INVITE that started the call, if it is theirs and its ACK has not come yet. */
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

/** A request of theirs, without its body if that is no longer needed. */
export function savedTheirs({ request, source }: ServerTransaction, success?: Response): SavedTheirs {
  return { request: success ? { ...request, body: "" } : request, source, success };
}
