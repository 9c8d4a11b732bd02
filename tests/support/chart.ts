/** Walks the call chart without wires: pure transitions, and every loop-free path to the end. */
import { initialTransition, type SnapshotFrom, transition } from "xstate";
import { stateWords } from "../../actors/call-view.ts";
import { call } from "../../machines/call/call.ts";
import type { CallInput } from "../../machines/call/context.ts";
import type { CallEffect, CallEvent } from "../../machines/call/vocabulary.ts";
import type { Media, TransportUpdate } from "../../protocol/media/media.ts";
import { acceptFromAnswer } from "../../protocol/media/phone-answer.ts";
import { readSdp } from "../../protocol/sdp/read.ts";
import { PLAY_TEXTS } from "./play-texts.ts";

export type CallSnapshot = SnapshotFrom<typeof call>;

const sdp = (name: string): string => PLAY_TEXTS[name] ?? "";
export const OFFER: Media = readSdp(sdp("offer-sdp"), { by: "initiator" });
export const ANSWER: Media = acceptFromAnswer(OFFER, readSdp(sdp("answer-sdp"), { by: "responder", answerTo: OFFER }));

/** The answer with an additional content. */
export const VIDEO: Media = {
  ...ANSWER,
  contents: [...ANSWER.contents, ...ANSWER.contents.map((each) => ({ ...each, name: "video", media: "video" }))],
};

/** The same without candidates, still gathering. */
export const bare = (media: Media): Media => ({
  ...media,
  contents: media.contents.map((content) => ({ ...content, transport: { ...content.transport, candidates: [] } })),
});

export const UPDATE: TransportUpdate = {
  contents: [{ name: "0", creator: "initiator", candidates: [], gathered: true }],
};

export const input = (more: Partial<CallInput> = {}): CallInput => ({
  direction: "outgoing",
  offer: OFFER,
  devices: ["juliet@example.org/a"],
  isOnline: true,
  peerTrickles: false,
  messages: "none",
  profile: "deployed",
  ringTimeout: 180_000,
  gatherTimeout: 500,
  renegotiateTimeout: 10_000,
  jmiTimeout: 30_000,
  retryAudioOnly: true,
  relayed: false,
  relayIfRefused: false,
  ...more,
});

export interface Move {
  readonly snapshot: CallSnapshot;
  readonly effects: readonly CallEffect[];
}

const effectsOf = (actions: readonly { type: string; params?: unknown }[]): CallEffect[] =>
  actions.flatMap(({ type, params }) => (type === "xstate.emit" ? [(params as { event: CallEffect }).event] : []));

/** The initial state of the chart. */
export function begin(from: CallInput): Move {
  const [snapshot, actions] = initialTransition(call, from);
  return { snapshot, effects: effectsOf(actions) };
}

/** The transition for an event. */
export function move(snapshot: CallSnapshot, event: CallEvent | { type: `xstate.after.${string}` }): Move {
  const [next, actions] = transition(call, snapshot, event as CallEvent);
  return { snapshot: next, effects: effectsOf(actions) };
}

/** The state as words. */
export const stateOf = ({ value }: CallSnapshot): string => stateWords(value);
