/**
 * The vocabulary: every event of a call, and every effect that it may emit.
 *
 * An event is `<protocol>.<word>`. The word is the method, the Jingle action or its payload; for a response, its request and its
 * class (`sip.invite.success`); for events without a message, a word of ours (`sip.expired`, `jingle.lost`). Effects have `send` in the
 * middle; `jmi` is Jingle Message Initiation (XEP-0353). `device` is always a full JID; `tag` is the phone's dialog tag, one for each
 * fork (RFC 3261 §12). Left out: what concerns one wire only (retransmissions, CSeq numbers, IQ ids, digest, one INFO at a time).
 */

import type { Tone } from "../../protocol/dtmf.ts";
import type { Moved } from "../../protocol/media/contents.ts";
import type {
  Content,
  ContentName,
  ContentPayloads,
  ContentSenders,
  ContentSources,
  Media,
  TransportUpdate,
} from "../../protocol/media/media.ts";
import type { SourceAction } from "../../protocol/media/offer-answer.ts";
import type { Failure, Reason, Rejection } from "../../protocol/reasons.ts";

/** Events from the phone's side. */
export type PhoneEvent =
  | { readonly type: "sip.invite.provisional"; readonly status: number }
  | { readonly type: "sip.invite.success"; readonly tag: string; readonly media: Media }
  | { readonly type: "sip.invite.unusable"; readonly tag: string; readonly text: string }
  | ({ readonly type: "sip.invite.failure" } & Rejection & Unanswered)
  | { readonly type: "sip.ack" }
  | { readonly type: "sip.ack.answer"; readonly media: Media }
  | { readonly type: "sip.ack.timeout" }
  | { readonly type: "sip.prack.timeout" }
  | { readonly type: "sip.cancel" }
  | { readonly type: "sip.bye"; readonly reason: Reason }
  | { readonly type: "sip.bye.success" }
  | { readonly type: "sip.bye.failure" }
  | { readonly type: "sip.info"; readonly tag: string; readonly update: TransportUpdate }
  | { readonly type: "sip.reinvite"; readonly media: Media; readonly action: SourceAction | null }
  | { readonly type: "sip.reinvite.empty" }
  | { readonly type: "sip.reinvite.cancel" }
  | { readonly type: "sip.update"; readonly media: Media; readonly action: SourceAction | null }
  | { readonly type: "sip.reinvite.success"; readonly media: Media }
  | ({ readonly type: "sip.reinvite.failure" } & Postponed & Unanswered)
  | { readonly type: "sip.answer.unusable"; readonly text: string }
  | { readonly type: "sip.dtmf"; readonly tone: Tone }
  | { readonly type: "sip.refresh" }
  | { readonly type: "sip.expired" }
  | ({ readonly type: "sip.dialog.lost"; readonly status: number; readonly phrase: string } & Unanswered);

/** A failure without a response: the timer that fired, by its name in RFC 3261. The chart treats both alike. */
interface Unanswered {
  readonly timer?: "Timer B" | "Timer F" | "64*T1" | undefined;
  /** The media relay failed, and nothing was sent. */
  readonly isUnrelayed?: true;
}

/** Events from the XMPP user's side. */
export type UserEvent =
  | { readonly type: "jingle.session-accept"; readonly device: string; readonly media: Media }
  | { readonly type: "jingle.session-terminate"; readonly device: string; readonly reason: Reason }
  | { readonly type: "jingle.transport-info"; readonly device: string; readonly update: TransportUpdate }
  | { readonly type: "jingle.existing-session-initiate"; readonly device: string }
  | { readonly type: "jingle.hold"; readonly device: string; readonly holds: boolean }
  | { readonly type: "jingle.content-modify"; readonly device: string; readonly changes: readonly ContentSenders[] }
  | {
      readonly type: "jingle.source";
      readonly device: string;
      readonly action: SourceAction;
      readonly sources: readonly ContentSources[];
    }
  | { readonly type: "jingle.content-add"; readonly device: string; readonly media: Media }
  | {
      readonly type: "jingle.content-add.unmappable";
      readonly device: string;
      readonly contents: readonly ContentName[];
    }
  | { readonly type: "jingle.content-remove"; readonly device: string; readonly names: readonly string[] }
  | { readonly type: "jingle.content-accept"; readonly device: string; readonly media: Media }
  | { readonly type: "jingle.content-reject"; readonly device: string; readonly names: readonly string[] }
  | { readonly type: "jingle.description-info"; readonly device: string; readonly changes: readonly ContentPayloads[] }
  | { readonly type: "jingle.transport-replace"; readonly device: string; readonly transports: readonly Moved[] }
  | {
      readonly type: "jingle.transport-replace.unmappable";
      readonly device: string;
      readonly names: readonly string[];
    }
  | { readonly type: "jingle.dtmf"; readonly device: string; readonly tone: Tone }
  | { readonly type: "jingle.acknowledged"; readonly device: string }
  | { readonly type: "jingle.refused"; readonly device: string; readonly condition: string }
  | { readonly type: "jingle.lost"; readonly device: string; readonly condition: string }
  | { readonly type: "jmi.ringing"; readonly device: string }
  | { readonly type: "jmi.proceed"; readonly device: string }
  | { readonly type: "jmi.reject"; readonly device: string; readonly reason: Reason }
  | { readonly type: "jmi.failure"; readonly condition: string };

/** A refused re-INVITE: the requested pause in milliseconds, and a random number from 0 to 1 (RFC 3261 §14.1). */
export interface Postponed {
  readonly status: number;
  readonly phrase: string;
  readonly pause: number | null;
  readonly chance: number;
}

export type CallEvent = PhoneEvent | UserEvent;

/** Messages to the phone. */
export type PhoneEffect =
  | { readonly type: "sip.send.invite"; readonly media: Media; readonly relayed: boolean }
  | { readonly type: "sip.send.ringing" }
  | { readonly type: "sip.send.success"; readonly media: Media }
  | { readonly type: "sip.send.failure"; readonly failure: Failure }
  | { readonly type: "sip.send.ack"; readonly tag: string }
  | { readonly type: "sip.send.cancel"; readonly reason: Reason }
  | { readonly type: "sip.send.bye"; readonly tag: string | null; readonly reason: Reason }
  | { readonly type: "sip.send.reinvite"; readonly media: Media; readonly action: SourceAction | null }
  | { readonly type: "sip.send.info"; readonly media: Media }
  | { readonly type: "sip.send.dtmf"; readonly tone: Tone };

/** Messages to the XMPP user; `to` lists the devices. */
export type UserEffect =
  | { readonly type: "jingle.send.session-initiate"; readonly to: readonly string[]; readonly media: Media }
  | { readonly type: "jingle.send.session-accept"; readonly to: readonly string[]; readonly media: Media }
  | { readonly type: "jingle.send.session-terminate"; readonly to: readonly string[]; readonly reason: Reason }
  | { readonly type: "jingle.send.ringing"; readonly to: readonly string[] }
  | { readonly type: "jingle.send.transport-info"; readonly to: readonly string[]; readonly update: TransportUpdate }
  | {
      readonly type: `jingle.send.${ContentsAction}`;
      readonly to: readonly string[];
      readonly contents: readonly Content[];
    }
  | {
      readonly type: "jingle.send.content-add";
      readonly to: readonly string[];
      readonly contents: readonly Content[];
      readonly groups: Media["groups"];
    }
  | {
      readonly type: `jingle.send.${NamesAction}`;
      readonly to: readonly string[];
      readonly contents: readonly ContentName[];
    }
  | { readonly type: "jingle.send.dtmf"; readonly to: readonly string[]; readonly tone: Tone }
  | { readonly type: "jingle.send.hold"; readonly to: readonly string[]; readonly holds: boolean }
  | {
      readonly type: "jingle.send.content-modify";
      readonly to: readonly string[];
      readonly changes: readonly ContentSenders[];
    }
  | {
      readonly type: "jingle.send.source";
      readonly to: readonly string[];
      readonly action: SourceAction;
      readonly media: Media;
    }
  | { readonly type: "jmi.send.propose"; readonly media: Media }
  | { readonly type: "jmi.send.retract" }
  | { readonly type: "jmi.send.finish"; readonly to: readonly string[]; readonly reason: Reason };

/** Actions with whole contents; `transports` is a transport-info with whole transports, a description-info announces codecs. */
export type ContentsAction =
  | "content-accept"
  | "description-info"
  | "transport-accept"
  | "transport-reject"
  | "transports";

/** Actions with only the names of contents. */
export type NamesAction = "content-reject" | "content-remove";

export type CallEffect = PhoneEffect | UserEffect;
