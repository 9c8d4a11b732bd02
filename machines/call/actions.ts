/**
 * The actions of a call until it is established, and when it ends.
 *
 * Rule: an action emits effects or changes the context, nothing else. The actions of an established call are in offer-actions.ts and
 * answer-actions.ts.
 */

import { answerTo } from "../../protocol/media/answer.ts";
import { addCandidates, newCandidates } from "../../protocol/media/candidates.ts";
import { contentsNamed, isBare } from "../../protocol/media/contents.ts";
import type { Content, Media, TransportUpdate } from "../../protocol/media/media.ts";
import { answeredBy, audioAlone } from "../../protocol/media/offer-answer.ts";
import { adviceOn } from "../../protocol/media/phone-answer.ts";
import {
  type Failure,
  failureOf,
  failureOfError,
  type Profile,
  type Reason,
  type Rejection,
  reasonOf,
} from "../../protocol/reasons.ts";
import { change, say, sayEach } from "./action-makers.ts";
import { withoutRemoved, worthTelling } from "./changes.ts";
import {
  agreed,
  keepEarly,
  lastMessages,
  others,
  remote,
  said,
  userRole,
  withAgreed,
  withEarly,
  withRemote,
  withUsersCandidates,
} from "./context.ts";
import type { CallEffect } from "./vocabulary.ts";

type Device = { device: string };
type Fork = { tag: string };
type Trickle = { device: string; update: TransportUpdate };

const reason = (condition: string): Reason => ({ condition });
const noAnswer: Rejection = { status: 408, phrase: "Request Timeout", warning: null, unreachable: false };

/** A final response with a status fixed by the protocol; in profile `precise` also with the cause for the condition. */
const finalFor = (condition: string, status: number, profile: Profile): Failure => ({
  ...failureOf(reason(condition), profile),
  status,
});

/** Messages to the phone. */
const toThePhone = {
  "send INVITE": say((context) => ({ type: "sip.send.invite", media: agreed(context), relayed: context.relayed })),
  "send 180": say(() => ({ type: "sip.send.ringing" })),
  "send 200": say((context) => ({ type: "sip.send.success", media: answerTo(remote(context), agreed(context)) })),
  "send 480": say(({ profile }) => ({ type: "sip.send.failure", failure: failureOf(reason("timeout"), profile) })),
  "send 487": say(({ profile }) => ({ type: "sip.send.failure", failure: finalFor("cancel", 487, profile) })),
  "send 504 (no PRACK)": say(({ profile }) => ({
    type: "sip.send.failure",
    failure: finalFor("timeout", 504, profile),
  })),
  "send final response (by reason)": say(({ profile }, params: { reason: Reason }) => ({
    type: "sip.send.failure",
    failure: failureOf(params.reason, profile),
  })),
  "send final response (by error)": say(({ profile }, { condition }: { condition: string }) => ({
    type: "sip.send.failure",
    failure: failureOfError(condition, profile),
  })),
  "send ACK": say((_, { tag }: Fork) => ({ type: "sip.send.ack", tag })),
  "send CANCEL": say(({ why }) => ({ type: "sip.send.cancel", reason: why ?? reason("cancel") })),
  "send BYE": say(({ tag, why }) => ({ type: "sip.send.bye", tag, reason: why ?? reason("success") })),
  "send BYE (to that fork)": say((_, { tag }: Fork) => ({ type: "sip.send.bye", tag, reason: reason("success") })),
  "send INFO (what is new)": sayEach((context, { update }: Trickle) => {
    const known = said(context);
    if (context.relayed) return [];
    const media = addCandidates(known, update);
    return media === known ? [] : [{ type: "sip.send.info", media }];
  }),
};

/** A content that the phone refused, as the session-accept refuses it. */
const refused = (content: Content): Content => ({ ...content, rejected: true });

/** Jingle messages to the user. */
const toTheUser = {
  "send session-initiate (to each device)": sayEach(({ devices, offer }) =>
    devices.length === 0 ? [] : [{ type: "jingle.send.session-initiate", to: devices, media: offer }],
  ),
  "send session-initiate (again)": say(({ offer }, { device }: Device) => ({
    type: "jingle.send.session-initiate",
    to: [device],
    media: offer,
  })),
  "send ringing (once)": sayEach(({ devices, rang }) => (rang ? [] : [{ type: "jingle.send.ringing", to: devices }])),
  "send session-accept": say((context) => {
    const answer = remote(context);
    const kept = withoutRemoved(answer.contents, context.pendingOffers);
    const media = { ...answer, contents: [...kept, ...context.leftOut.map(refused)] };
    return { type: "jingle.send.session-accept", to: context.devices, media };
  }),
  "send transport-info (what is new)": sayEach((context, { update }: { update: TransportUpdate }): CallEffect[] => {
    const { devices, untold, consultation } = context;
    const before = remote(context);
    const { contents } = newCandidates(consultation?.offer ?? before, update);
    const begun = contents.filter(({ name }) => untold.includes(name)).map(({ name }) => name);
    const whole = contentsNamed(addCandidates(before, update), begun);
    const others = contents.filter(({ name }) => !begun.includes(name));
    return [
      ...(whole.length > 0 ? [{ type: "jingle.send.transports" as const, to: devices, contents: whole }] : []),
      ...(others.length > 0
        ? [{ type: "jingle.send.transport-info" as const, to: devices, update: { contents: others } }]
        : []),
    ];
  }),
  "send session-terminate": sayEach(({ devices, why }) =>
    devices.length === 0
      ? []
      : [{ type: "jingle.send.session-terminate", to: devices, reason: why ?? reason("success") }],
  ),
  "send session-terminate (to the silent)": sayEach(
    ({ devices }, { device, condition }: Device & { condition: string }) =>
      condition === "silence" && devices.includes(device)
        ? [{ type: "jingle.send.session-terminate", to: [device], reason: reason("timeout") }]
        : [],
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

/** Jingle Message Initiation (XEP-0353) to the user. */
const byMessage = {
  "send propose (if a device takes it)": sayEach(({ messages, offer }) =>
    messages === "proposed" ? [{ type: "jmi.send.propose", media: offer }] : [],
  ),
  "send retract (if proposed)": sayEach((context) =>
    context.messages === "proposed" ? lastMessages(context, reason("cancel")) : [],
  ),
  "send finish (if proceeded)": sayEach((context) =>
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
  "note why (failure)": change((context, rejection: Rejection) => ({
    why: reasonOf(rejection, context.profile, context.rang, adviceOn(rejection.status, agreed(context))),
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
  "note why (no PRACK)": change(() => ({ why: { condition: "general-error", text: "the 180 had no PRACK" } })),
  "note why (expired)": change(({ profile }) => ({
    why: { condition: profile === "precise" ? "expired" : "general-error", text: "the phone is not there any more" },
  })),
};

/** Changes of the context. */
const memory = {
  "note the provisional response": change(() => ({ provisional: true })),
  "remember that it rang": change(() => ({ provisional: true, rang: true })),
  "leave out all but audio": change((context) => {
    const { offer, leftOut } = audioAlone(agreed(context));
    return {
      ...withAgreed(context, offer),
      leftOut: withoutRemoved(leftOut, context.pendingOffers),
      provisional: false,
    };
  }),
  "go by the relay": change(() => ({ relayed: true })),
  "remember the answer": change((context, { tag, media }: Fork & { media: Media }) => {
    const mine = answeredBy(agreed(context), media);
    return {
      tag,
      ...withAgreed(context, mine, worthTelling(mine, context.pendingOffers)),
      answer: withEarly(context, tag, media),
      early: [],
    };
  }),
  "remember the dialog": change((_, { tag }: Fork) => ({ tag })),
  "remember the accept": change((context, { device, media }: Device & { media: Media }) => ({
    ...withAgreed(context, withEarly(context, device, media)),
    devices: [device],
    messages: context.messages === "proposed" ? "none" : context.messages,
    early: [],
  })),
  "remember who proceeds": change((_, { device }: Device) => ({ devices: [device], messages: "proceeded" })),
  "forget the proposal": change(() => ({ messages: "none" })),
  "add the user's candidates": change((context, { update }: Trickle) =>
    userRole(context) === "responder" && context.answer === null ? {} : withUsersCandidates(context, update),
  ),
  "add the phone's candidates": change((context, { update }: { update: TransportUpdate }) => {
    const { consultation, untold } = context;
    const media = addCandidates(remote(context), update);
    return {
      ...withRemote(context, media),
      untold: contentsNamed(media, untold).flatMap((each) => (isBare(each) ? each.name : [])),
      consultation: consultation && { ...consultation, offer: addCandidates(consultation.offer, update) },
    };
  }),
  "keep for the accept": change((context, { device, update }: Trickle) => keepEarly(context, device, update)),
  "keep for the answer": change((context, { tag, update }: Fork & { update: TransportUpdate }) =>
    keepEarly(context, tag, update),
  ),
  "add the device": change((context, { device }: Device) => ({ devices: [...others(context, device), device] })),
  "drop the device": change((context, { device }: Device) => ({ devices: others(context, device) })),
};

export const callActions = { ...toThePhone, ...toTheUser, ...byMessage, ...why, ...memory };
