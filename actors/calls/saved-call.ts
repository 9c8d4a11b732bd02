/**
 * A saved call: versioned plain JSON, its schema, and the migration from older versions.
 *
 * Rules: an unanswered call is not continued in another process, so only the state needed to end it on both sides is saved, without its
 * media; a call that the user has left needs no media, either. `SHAPE` is a digest of the chart's states and of the context of a
 * call: a test fails if these change and the version does not. The saved phone side is in ../phone/saved.ts.
 */
import { z } from "zod";
import { call } from "../../machines/call/call.ts";
import { type CallContext, own, remote } from "../../machines/call/context.ts";
import type { UserEffect } from "../../machines/call/vocabulary.ts";
import type { Media } from "../../protocol/media/media.ts";
import type { SavedChart } from "../call-actor.ts";
import { savedInvite, savedPhone } from "../phone/saved.ts";

export const SAVED_VERSION = 3;
/** The digest of version 3; tests/actors/calls/saved-call.test.ts shows how it is computed. */
export const SHAPE = "a3e6edf5c10ba5e9";

/** A message to the user; `media` is null if it is the phone's whole description, which the context has. */
type SavedMessage = UserEffect | (Omit<Answered, "media"> & { readonly media: null });
type Answered = Extract<UserEffect, { readonly type: "jingle.send.session-accept" }>;

function isContext(value: unknown): boolean {
  const { direction, devices, pendingOffers } = (value ?? {}) as Partial<CallContext>;
  const isTexts = Array.isArray(devices) && devices.every((device) => typeof device === "string");
  return (direction === "outgoing" || direction === "incoming") && isTexts && Array.isArray(pendingOffers);
}

const chart = z.object({
  value: z.union([z.string(), z.record(z.string(), z.unknown())]) as unknown as z.ZodType<SavedChart["value"]>,
  // checked only superficially: a start reads thousands of them
  context: z.custom<CallContext>(isContext),
  delays: z.array(z.object({ id: z.string(), at: z.number() })).readonly(),
  /** The agreed description equals the user's, and is not written twice. */
  isAsAgreed: z.boolean(),
});

const record = z.object({
  begun: z.number(),
  rang: z.number().optional(),
  answered: z.number().optional(),
  cause: z
    .object({
      by: z.enum(["user", "phone", "gateway", "operator"]),
      origin: z.enum(["local", "remote"]),
      timer: z.string().optional(),
      status: z.number().optional(),
      phrase: z.string().optional(),
      reason: z.string().optional(),
      advice: z.string().optional(),
    })
    .optional(),
});

export const SAVED_SCHEMA = z.object({
  version: z.literal(SAVED_VERSION),
  /** The number of the start that saved it. */
  start: z.number(),
  side: z.object({
    sid: z.string(),
    us: z.string(),
    them: z.string(),
    initiator: z.string(),
    nick: z.string().optional(),
  }),
  dialog: z.object({ callId: z.string(), localTag: z.string(), contactUser: z.string() }),
  /** The maximum duration from the answer, in milliseconds. */
  longest: z.number().optional(),
  /** The trunk of the call, unless that is the proxy. */
  trunk: z.string().optional(),
  chart,
  record,
  /** The contents withheld from each device. */
  withheld: z.array(z.tuple([z.string(), z.array(z.string()).readonly()]).readonly()).readonly(),
  /** The messages about the answer that the user may not have received. */
  unsaid: z
    .array(z.custom<SavedMessage>((value) => z.looseObject({ type: z.string() }).safeParse(value).success))
    .readonly()
    .optional(),
  /** `phone` for an answered call, `invite` for an unanswered one. */
  phone: savedPhone.optional(),
  invite: savedInvite.optional(),
  relay: z
    .object({
      at: z.string().optional(),
      protocol: z.string(),
      codecs: z.array(z.string()).readonly(),
      /** The phone's last SDP, from which the relay can recreate the call. */
      phone: z.object({ sdp: z.string(), tag: z.string() }).optional(),
    })
    .optional(),
});

export type SavedCall = z.infer<typeof SAVED_SCHEMA>;
export type SavedRecord = z.infer<typeof record>;

/** The beginning of every text of ours. */
const BEGINNING = /^\{"version":(\d+),/;

const versioned = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      context.addIssue({ code: "custom", message: String(error) });
      return z.NEVER;
    }
  })
  .pipe(z.looseObject({ version: z.number() }));

/** Migrations to the next version, by the version of the record. */
const MIGRATIONS: Readonly<Record<number, (saved: object) => object>> = {
  // version 1 did not count starts
  1: (saved) => ({ ...saved, start: 0 }),
  // version 2 wrote the media of each message
  2: (saved) => saved,
};

/** Whether a text is a call of a newer version, which an older one must not touch. */
export function isNewer(text: string): boolean {
  const version = BEGINNING.exec(text)?.[1] ?? versioned.safeParse(text).data?.version;
  return Number(version) > SAVED_VERSION;
}

/** Reads a saved call; throws, in words, if it is invalid, or in a state that the chart does not have. */
export function readSavedCall(text: string): SavedCall {
  let saved = versioned.parse(text);
  while (saved.version < SAVED_VERSION) {
    const migrate = MIGRATIONS[saved.version];
    if (migrate === undefined) throw new Error(`it is of version ${saved.version}, which is too old`);
    saved = { ...migrate(saved), version: saved.version + 1 };
  }
  const read = SAVED_SCHEMA.parse(saved);
  checkState(read.chart);
  checkDialogs(read);
  return read;
}

/** Each fork must be in the call's dialog, or else no request would find the call. */
function checkDialogs({ dialog, phone }: SavedCall): void {
  const { forks = [], chosen = null } = phone ?? {};
  const isOurs = forks.every(({ dialog: { callId, local } }) => {
    return callId === dialog.callId && local.includes(`;tag=${dialog.localTag}`);
  });
  if (!isOurs) throw new Error("a fork is in another dialog");
  if (chosen !== null && !forks.some(({ tag }) => tag === chosen)) throw new Error("its fork is missing");
}

/** Valid state values, as JSON; at most as many as the chart has states. */
const known = new Set<string>();

function checkState(chart: SavedCall["chart"]): void {
  const state = JSON.stringify(chart.value);
  if (known.has(state)) return;
  call.resolveState(chart);
  known.add(state);
}

const NOTHING: Media = { contents: [], groups: [] };

/** The form of a chart in the store; with its media if they are needed. */
export function writtenChart({ value, context, delays }: SavedChart, hasMedia: boolean): SavedCall["chart"] {
  if (!hasMedia) return { value, context: withoutMedia(context), delays, isAsAgreed: false };
  const isAsAgreed = context.agreed === own(context);
  return { value, context: isAsAgreed ? { ...context, agreed: null } : context, delays, isAsAgreed };
}

/** Restores that form. */
export function readChart({ value, context, delays, isAsAgreed }: SavedCall["chart"]): SavedChart {
  return { value, context: isAsAgreed ? { ...context, agreed: own(context) } : context, delays };
}

/** The form of messages in the store. */
export function writtenMessages(messages: readonly UserEffect[], context: CallContext): readonly SavedMessage[] {
  const known = remote(context);
  const isKnown = ({ contents, groups }: Media): boolean =>
    groups === known.groups &&
    contents.length === known.contents.length &&
    contents.every((content, at) => content === known.contents[at]);
  return messages.map((message) =>
    message.type === "jingle.send.session-accept" && isKnown(message.media) ? { ...message, media: null } : message,
  );
}

/** Restores that form. */
export function readMessages(messages: readonly SavedMessage[], context: CallContext): readonly UserEffect[] {
  return messages.map((message) =>
    message.type === "jingle.send.session-accept" ? { ...message, media: message.media ?? remote(context) } : message,
  );
}

const withoutMedia = (context: CallContext): CallContext => ({
  ...context,
  offer: NOTHING,
  answer: null,
  agreed: null,
  leftOut: [],
  early: [],
  pendingOffers: [],
  held: [],
  consultation: null,
});
