/**
 * The dictionary: every event a call can hear and every effect it can ask for, one line each.
 *
 * Events are `<protocol>.<the protocol's own word>`; a response is named by its request and class. Effects have `send`
 * in the middle. `device` is always a full JID; `tag` is the phone's dialog tag, one for each fork (RFC 3261 §12).
 * What belongs to one wire alone never gets here: retransmissions, CSeq numbers, IQ ids, digest, one INFO at a time.
 */
import type { Content, Media, TransportUpdate } from "../protocol/media.ts";
import type { Failure, Reason } from "../protocol/reasons.ts";
import type { SourceAction } from "./negotiation.ts";

/** What happened, from the phone's side. */
export type PhoneEvent =
  | { readonly type: "sip.invite.provisional"; readonly status: number }
  | { readonly type: "sip.invite.success"; readonly tag: string; readonly media: Media }
  | { readonly type: "sip.invite.unusable"; readonly tag: string; readonly text: string }
  | { readonly type: "sip.invite.failure"; readonly status: number; readonly phrase: string }
  | { readonly type: "sip.ack" }
  | { readonly type: "sip.ack.timeout" }
  | { readonly type: "sip.cancel" }
  | { readonly type: "sip.bye" }
  | { readonly type: "sip.bye.success" }
  | { readonly type: "sip.bye.failure" }
  | { readonly type: "sip.info"; readonly tag: string; readonly update: TransportUpdate }
  | { readonly type: "sip.reinvite"; readonly media: Media; readonly action: SourceAction | null }
  | { readonly type: "sip.reinvite.empty" }
  | { readonly type: "sip.reinvite.success"; readonly media: Media }
  | { readonly type: "sip.reinvite.failure"; readonly status: number; readonly phrase: string; readonly chance: number }
  | { readonly type: "sip.dialog.lost"; readonly status: number; readonly phrase: string };

/** What happened, from the XMPP user's side. */
export type UserEvent =
  | { readonly type: "jingle.session-accept"; readonly device: string; readonly media: Media }
  | { readonly type: "jingle.session-terminate"; readonly device: string; readonly reason: Reason }
  | { readonly type: "jingle.transport-info"; readonly device: string; readonly update: TransportUpdate }
  | { readonly type: "jingle.existing-session-initiate"; readonly device: string }
  | { readonly type: "jingle.hold"; readonly device: string; readonly holds: boolean }
  | { readonly type: "jingle.content-modify"; readonly device: string; readonly changes: readonly SendersChange[] }
  | {
      readonly type: "jingle.source";
      readonly device: string;
      readonly action: SourceAction;
      readonly sources: readonly SourceChange[];
    }
  | { readonly type: "jingle.acknowledged"; readonly device: string }
  | { readonly type: "jingle.refused"; readonly device: string; readonly condition: string }
  | { readonly type: "jingle.lost"; readonly device: string; readonly condition: string };

/** Who sends in a content, from now on. */
export type SendersChange = Pick<Content, "name" | "senders">;
/** The sources that a source action gives for a content. */
export type SourceChange = Pick<Content, "name" | "sources" | "sourceGroups">;

export type CallEvent = PhoneEvent | UserEvent;

/** What is to be said to the phone. */
export type PhoneEffect =
  | { readonly type: "sip.send.invite"; readonly media: Media }
  | { readonly type: "sip.send.ringing" }
  | { readonly type: "sip.send.success"; readonly media: Media }
  | { readonly type: "sip.send.failure"; readonly failure: Failure }
  | { readonly type: "sip.send.ack"; readonly tag: string }
  | { readonly type: "sip.send.cancel"; readonly reason: Reason }
  | { readonly type: "sip.send.bye"; readonly tag: string | null; readonly reason: Reason }
  | { readonly type: "sip.send.reinvite"; readonly media: Media; readonly action: SourceAction | null }
  | { readonly type: "sip.send.info"; readonly media: Media };

/** What is to be said to the XMPP user; `to` names the devices. */
export type UserEffect =
  | { readonly type: "jingle.send.session-initiate"; readonly to: readonly string[]; readonly media: Media }
  | { readonly type: "jingle.send.session-accept"; readonly to: readonly string[]; readonly media: Media }
  | { readonly type: "jingle.send.session-terminate"; readonly to: readonly string[]; readonly reason: Reason }
  | { readonly type: "jingle.send.ringing"; readonly to: readonly string[] }
  | { readonly type: "jingle.send.transport-info"; readonly to: readonly string[]; readonly update: TransportUpdate }
  | { readonly type: "jingle.send.transports"; readonly to: readonly string[]; readonly media: Media }
  | { readonly type: "jingle.send.hold"; readonly to: readonly string[]; readonly holds: boolean }
  | {
      readonly type: "jingle.send.content-modify";
      readonly to: readonly string[];
      readonly changes: readonly SendersChange[];
    }
  | {
      readonly type: "jingle.send.source";
      readonly to: readonly string[];
      readonly action: SourceAction;
      readonly media: Media;
    };

export type CallEffect = PhoneEffect | UserEffect;
