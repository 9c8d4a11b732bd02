/**
 * What the actions of a call say and change, until it is established and when it ends: the words of the chart.
 *
 * Rule: an action asks for an effect or changes the context, nothing more. Those of a running call are in
 * negotiation-actions.ts.
 */
import type { Content, Media, TransportUpdate } from "../protocol/media.ts";
import { failureOf, type Reason, type Rejection, reasonOf, statusOf } from "../protocol/reasons.ts";
import { addCandidates, newCandidates } from "../protocol/trickle.ts";
import {
  change,
  keepEarly,
  lastMessages,
  others,
  own,
  remote,
  say,
  sayEach,
  userRole,
  withEarly,
  withOwn,
  withRemote,
} from "./call-context.ts";
import { audioAlone, settled } from "./negotiation.ts";

type Device = { device: string };
type Fork = { tag: string };
type Trickle = { device: string; update: TransportUpdate };

const reason = (condition: string): Reason => ({ condition });
const noAnswer: Rejection = { status: 408, phrase: "Request Timeout", warning: null, unreachable: false };

/** What is said to the phone. */
const toThePhone = {
  "send INVITE": say(({ offer }) => ({ type: "sip.send.invite", media: offer })),
  "send 180": say(() => ({ type: "sip.send.ringing" })),
  "send 200": say((context) => ({ type: "sip.send.success", media: own(context) })),
  "send 480": say(() => ({ type: "sip.send.failure", failure: { status: 480 } })),
  "send 487": say(() => ({ type: "sip.send.failure", failure: { status: 487 } })),
  "send final response (by reason)": say(({ profile }, params: { reason: Reason }) => ({
    type: "sip.send.failure",
    failure: failureOf(params.reason, profile),
  })),
  "send final response (by error)": say((_, { condition }: { condition: string }) => ({
    type: "sip.send.failure",
    failure: { status: statusOf(condition) },
  })),
  "send ACK": say((_, { tag }: Fork) => ({ type: "sip.send.ack", tag })),
  "send CANCEL": say(({ why }) => ({ type: "sip.send.cancel", reason: why ?? reason("cancel") })),
  "send BYE": say(({ tag, why }) => ({ type: "sip.send.bye", tag, reason: why ?? reason("success") })),
  "send BYE (to that fork)": say((_, { tag }: Fork) => ({ type: "sip.send.bye", tag, reason: reason("success") })),
  "send INFO": say((context) => ({ type: "sip.send.info", media: own(context) })),
};

/** A content that the phone would not take, as a session-accept refuses it. */
const refused = (content: Content): Content => ({ ...content, rejected: true });

/** What is said to the user. */
const toTheUser = {
  "send session-initiate": sayEach(({ devices, offer }) =>
    devices.length === 0 ? [] : [{ type: "jingle.send.session-initiate", to: devices, media: offer }],
  ),
  "send session-initiate (again)": say(({ offer }, { device }: Device) => ({
    type: "jingle.send.session-initiate",
    to: [device],
    media: offer,
  })),
  "send ringing": sayEach(({ devices, rang }) => (rang ? [] : [{ type: "jingle.send.ringing", to: devices }])),
  "send session-accept": say((context) => {
    const answer = remote(context);
    const media = { ...answer, contents: [...answer.contents, ...context.leftOut.map(refused)] };
    return { type: "jingle.send.session-accept", to: context.devices, media };
  }),
  "send transport-info (what is new)": say((context, { update }: { update: TransportUpdate }) => ({
    type: "jingle.send.transport-info",
    to: context.devices,
    update: newCandidates(remote(context), update),
  })),
  "send session-terminate": sayEach(({ devices, why }) =>
    devices.length === 0
      ? []
      : [{ type: "jingle.send.session-terminate", to: devices, reason: why ?? reason("success") }],
  ),
  "send session-terminate (cancel)": sayEach(({ devices }) =>
    devices.length === 0 ? [] : [{ type: "jingle.send.session-terminate", to: devices, reason: reason("cancel") }],
  ),
  "send session-terminate (cancel, to the others)": say((context, { device }: Device) => ({
    type: "jingle.send.session-terminate",
    to: others(context, device),
    reason: reason("cancel"),
  })),
};

/** What is said to the user by Jingle Message Initiation. */
const byMessage = {
  "send propose": sayEach(({ messages, offer }) =>
    messages === "proposed" ? [{ type: "jmi.send.propose", media: offer }] : [],
  ),
  "send retract": sayEach((context) =>
    context.messages === "proposed" ? lastMessages(context, reason("cancel")) : [],
  ),
  "send finish": sayEach((context) =>
    context.messages === "proceeded" ? lastMessages(context, context.why ?? reason("success")) : [],
  ),
  "send final response (to a reject)": say(({ profile }, params: { reason: Reason }) => ({
    type: "sip.send.failure",
    failure: failureOf(profile === "precise" ? params.reason : reason("decline"), profile),
  })),
};

/** Why the call ends. */
const why = {
  "note why": change((_, params: { reason: Reason }) => ({ why: params.reason })),
  "note why (failure)": change(({ profile, rang }, rejection: Rejection) => ({
    why: reasonOf(rejection, profile, rang),
  })),
  "note why (dialog lost)": change(({ profile }, { status, phrase }: { status: number; phrase: string }) => ({
    why: reasonOf({ status, phrase, warning: null, unreachable: false }, profile),
  })),
  "note why (no usable answer)": change((_, { text }: { text: string }) => ({
    why: { condition: "general-error", text },
  })),
  "note why (no answer)": change(({ direction, profile }) => ({
    why: direction === "outgoing" ? reasonOf(noAnswer, profile) : reason("timeout"),
  })),
  "note why (CANCEL)": change(({ profile }) => ({ why: reason(profile === "precise" ? "cancel" : "decline") })),
  "note why (never acknowledged)": change(() => ({
    why: { condition: "general-error", text: "the answer was never acknowledged" },
  })),
  "note why (expired)": change(({ profile }) => ({
    why: { condition: profile === "precise" ? "expired" : "general-error", text: "the phone is not there any more" },
  })),
};

/** What the call remembers. */
const memory = {
  "hear of progress": change(() => ({ heard: true })),
  "remember that it rang": change(() => ({ heard: true, rang: true })),
  "leave out all but audio": change(({ offer }) => ({ ...audioAlone(offer), heard: false })),
  "remember the answer": change((context, { tag, media }: Fork & { media: Media }) => ({
    tag,
    offer: settled(context.offer, media),
    answer: withEarly(context, tag, media),
    early: [],
  })),
  "remember the dialog": change((_, { tag }: Fork) => ({ tag })),
  "remember the accept": change((context, { device, media }: Device & { media: Media }) => ({
    answer: withEarly(context, device, media),
    devices: [device],
    messages: context.messages === "proposed" ? "none" : context.messages,
    early: [],
  })),
  "remember who proceeds": change((_, { device }: Device) => ({ devices: [device], messages: "proceeded" })),
  "forget the proposal": change(() => ({ messages: "none" })),
  "add the user's candidates": change((context, { update }: Trickle) =>
    userRole(context) === "responder" && context.answer === null
      ? {}
      : withOwn(context, addCandidates(own(context), update)),
  ),
  "add the phone's candidates": change((context, { update }: { update: TransportUpdate }) =>
    withRemote(context, addCandidates(remote(context), update)),
  ),
  "keep for the accept": change((context, { device, update }: Trickle) => keepEarly(context, device, update)),
  "keep for the answer": change((context, { tag, update }: Fork & { update: TransportUpdate }) =>
    keepEarly(context, tag, update),
  ),
  "add the device": change((context, { device }: Device) => ({ devices: [...others(context, device), device] })),
  "drop the device": change((context, { device }: Device) => ({ devices: others(context, device) })),
};

export const callActions = { ...toThePhone, ...toTheUser, ...byMessage, ...why, ...memory };
