/**
 * A call as it is saved: plain JSON of a version, its schema, and what makes one of this version of an older one.
 *
 * Rules: a call that is not answered does not go on in another process, so only what ends it on both sides is saved of it, without its
 * media, and a call that the phone is yet to leave needs no media either. `SHAPE` is a digest of the chart's states and of all that a
 * call knows: a test fails where these change and the version does not. What of the phone's side is saved is ../phone/saved.ts.
 */
import { z } from "zod";
import { call } from "../../machines/call/call.ts";
import { type CallContext, own } from "../../machines/call/context.ts";
import type { UserEffect } from "../../machines/call/vocabulary.ts";
import type { Media } from "../../protocol/media/media.ts";
import type { SavedChart } from "../call-actor.ts";
import { savedInvite, savedPhone } from "../phone/saved.ts";

export const SAVED_VERSION = 2;
/** Of what version 2 knows: tests/actors/calls/saved-call.test.ts says how it is counted. */
export const SHAPE = "847f8eefe9bd0e6d";

function isContext(value: unknown): boolean {
  const { direction, devices, pendingOffers } = (value ?? {}) as Partial<CallContext>;
  return /^(?:outgoing|incoming)$/.test(direction ?? "") && Array.isArray(devices) && Array.isArray(pendingOffers);
}

const chart = z.object({
  value: z.union([z.string(), z.record(z.string(), z.unknown())]) as unknown as z.ZodType<SavedChart["value"]>,
  // looked at as little as can be: a start reads thousands of them
  context: z.custom<CallContext>(isContext),
  delays: z.array(z.object({ id: z.string(), at: z.number() })).readonly(),
  /** What was agreed is the user's description, which is not written twice. */
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
  /** The start of the gateway that has saved it. */
  start: z.number(),
  side: z.object({
    sid: z.string(),
    us: z.string(),
    them: z.string(),
    initiator: z.string(),
    nick: z.string().optional(),
  }),
  dialog: z.object({ callId: z.string(), localTag: z.string(), contactUser: z.string() }),
  /** Milliseconds that it may last from the answer on. */
  longest: z.number().optional(),
  /** The trunk that it goes by, where that is not the proxy. */
  trunk: z.string().optional(),
  chart,
  record,
  /** The contents that each device was not told of. */
  withheld: z.array(z.tuple([z.string(), z.array(z.string()).readonly()]).readonly()).readonly(),
  /** What the user has perhaps not been told of the answer. */
  unsaid: z
    .array(z.custom<UserEffect>((value) => z.looseObject({ type: z.string() }).safeParse(value).success))
    .readonly()
    .optional(),
  /** The one where it is answered, the other where it is not. */
  phone: savedPhone.optional(),
  invite: savedInvite.optional(),
  relay: z
    .object({
      at: z.string().optional(),
      protocol: z.string(),
      codecs: z.array(z.string()).readonly(),
      /** What it has said last, by which its relay can make it anew. */
      phone: z.object({ sdp: z.string(), tag: z.string() }).optional(),
    })
    .optional(),
});

export type SavedCall = z.infer<typeof SAVED_SCHEMA>;
export type SavedRecord = z.infer<typeof record>;

/** A text of ours begins so. */
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

/** Makes a record of the next version, by the version that it has. */
const MIGRATIONS: Readonly<Record<number, (saved: object) => object>> = {
  // starts were not counted
  1: (saved) => ({ ...saved, start: 0 }),
};

/** Whether a text is a call of a newer version, which an older one must not touch. */
export function isNewer(text: string): boolean {
  const version = BEGINNING.exec(text)?.[1] ?? versioned.safeParse(text).data?.version;
  return Number(version) > SAVED_VERSION;
}

/** Reads a saved call; throws, in words, where it is none, or in a state that the chart does not have. */
export function readSavedCall(text: string): SavedCall {
  let saved = versioned.parse(text);
  while (saved.version < SAVED_VERSION) {
    const migrate = MIGRATIONS[saved.version];
    if (migrate === undefined) throw new Error(`it is of version ${saved.version}, which is too old`);
    saved = { ...migrate(saved), version: saved.version + 1 };
  }
  const read = SAVED_SCHEMA.parse(saved);
  checkState(read.chart);
  return read;
}

/** States that the chart has, as they are written; no more than it has. */
const known = new Set<string>();

function checkState(chart: SavedCall["chart"]): void {
  const state = JSON.stringify(chart.value);
  if (known.has(state)) return;
  call.resolveState(chart);
  known.add(state);
}

const NOTHING: Media = { contents: [], groups: [] };

/** A chart as it is written; with its media, where these will be needed. */
export function writtenChart({ value, context, delays }: SavedChart, hasMedia: boolean): SavedCall["chart"] {
  if (!hasMedia) return { value, context: withoutMedia(context), delays, isAsAgreed: false };
  const isAsAgreed = context.agreed === own(context);
  return { value, context: isAsAgreed ? { ...context, agreed: null } : context, delays, isAsAgreed };
}

/** The same chart, as it was. */
export function readChart({ value, context, delays, isAsAgreed }: SavedCall["chart"]): SavedChart {
  return { value, context: isAsAgreed ? { ...context, agreed: own(context) } : context, delays };
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
