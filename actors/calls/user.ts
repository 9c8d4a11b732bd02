/**
 * The XMPP side of one call: says in Jingle what the chart asks for, and tells the chart what came of it.
 *
 * XEP-0166 §6-7, XEP-0167 §8, XEP-0353. Rules: we speak from one address for the whole call (clients know a session by sender and
 * sid); an IQ of ours that is refused because the session or its device is gone ends the call, other refusals are
 * logged; an offer that was said before the stream was lost may have been heard, so it is not refused: the device is asked. Left out on purpose: which IQ belongs to which call (calls.ts) and how long an answer may take (xmpp/component.ts).
 */
import xml, { type Element } from "@xmpp/xml";
import type { UserEffect, UserEvent } from "../../machines/call/vocabulary.ts";
import { writeNames, writeSenders, writeSources, writeTransports } from "../../protocol/jingle/changes.ts";
import { writeDtmfElement } from "../../protocol/jingle/dtmf.ts";
import { jingleElement, reasonElement, writeContent, writeGroup, writeJingle } from "../../protocol/jingle/jingle.ts";
import type { JingleMessage } from "../../protocol/jingle/messages.ts";
import { writeTransportInfo } from "../../protocol/jingle/transport-info.ts";
import type { Media, TransportUpdate } from "../../protocol/media/media.ts";
import { namedSources } from "../../protocol/media/offer-answer.ts";
import { RTP_INFO } from "../../protocol/xmpp/namespaces.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Xmpp } from "../xmpp/component.ts";
import type { Outbox } from "../xmpp/outbox.ts";
import { type Answer, hadNoStream } from "../xmpp/requests.ts";

/** XEP-0166 §6.7: how long a device that became unavailable may take before it is asked whether it is still there. */
const ABSENCE = 10_000;

/** How often a device in a call is asked for a sign of life (XEP-0166 §6.8). */
const PING_INTERVAL = 300_000;

/** What is said once the stream is back, when it was lost before the answer; a device that hears it twice says so. */
const MUST_BE_TOLD = new Set([
  "session-accept",
  "session-terminate",
  "transport-info",
  "transport-accept",
  "transport-reject",
  "content-accept",
  "content-modify",
  "content-reject",
  "content-remove",
]);

/** What a propose says of the contents: each medium once. */
const mediaOf = ({ contents }: Media): string[] => [...new Set(contents.map(({ media }) => media))];

/** The Jingle action of an effect that is named after it. */
const actionOf = ({ type }: UserEffect): string => type.replace("jingle.send.", "");

/** IQ errors that say that the session, its device or its server is gone, or will never hear what must be said. */
const GONE = new Set(["item-not-found", "recipient-unavailable", "service-unavailable", "too-large"]);
const isGone = (condition: string) => GONE.has(condition) || condition.startsWith("remote-server-");

/** Who speaks to whom; plain JSON. */
export interface UserSide {
  readonly sid: string;
  /** The JID we speak from: the phone, as the user's client knows it. */
  readonly us: string;
  /** The user's bare JID. */
  readonly them: string;
  /** The JID that began the session. */
  readonly initiator: string;
}

export interface UserNeeds {
  readonly xmpp: Xmpp;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
  /** The full JIDs that are party to the call now. */
  readonly devices: () => readonly string[];
  /** Hands an event to the call's chart. */
  readonly tell: (event: UserEvent) => void;
}

export class User {
  readonly side: UserSide;
  readonly #needs: UserNeeds;
  #stopWatching: () => void = () => {};
  /** The devices that went offline and are not asked yet, and what keeps them from being asked. */
  readonly #absent = new Map<string, () => void>();

  constructor(side: UserSide, needs: UserNeeds) {
    this.side = side;
    this.#needs = needs;
  }

  /** Says one effect of the chart. Never throws: what fails comes back as an event. */
  perform(effect: UserEffect): void {
    switch (effect.type) {
      case "jingle.send.session-initiate": {
        const contents = writeJingle(effect.media, "offer");
        const initiator = { initiator: this.side.initiator };
        for (const device of effect.to)
          this.#ask(device, "session-initiate", contents, initiator, (answer) => this.#offered(device, answer));
        return;
      }
      case "jingle.send.session-accept":
        return this.#accept(effect);
      case "jingle.send.session-terminate":
        return this.#say(effect.to, "session-terminate", [reasonElement(effect.reason)]);
      case "jingle.send.ringing":
        return this.#say(effect.to, "session-info", [xml("ringing", { xmlns: RTP_INFO })]);
      case "jingle.send.transports":
        return this.#say(effect.to, "transport-info", writeTransports(effect.contents));
      case "jingle.send.transport-accept":
      case "jingle.send.transport-reject":
        return this.#say(effect.to, actionOf(effect), writeTransports(effect.contents));
      case "jingle.send.content-add":
        return this.#add(effect);
      case "jingle.send.content-accept":
        return this.#say(effect.to, actionOf(effect), effect.contents.map(writeContent));
      case "jingle.send.content-remove":
      case "jingle.send.content-reject":
        return this.#say(effect.to, actionOf(effect), writeNames(effect.contents));
      case "jingle.send.dtmf":
        return this.#say(effect.to, "session-info", [writeDtmfElement(effect.tone)]);
      case "jingle.send.hold":
        return this.#say(effect.to, "session-info", [xml(effect.holds ? "hold" : "active", { xmlns: RTP_INFO })]);
      case "jingle.send.content-modify":
        return this.#say(effect.to, "content-modify", writeSenders(effect.changes));
      case "jingle.send.source":
        return this.#say(effect.to, effect.action, writeSources(namedSources(effect.media)));
      case "jingle.send.transport-info":
        return this.#trickle(effect.to, effect.update);
      case "jmi.send.propose":
        return this.#message(this.side.them, { type: "propose", id: this.side.sid, media: mediaOf(effect.media) });
      case "jmi.send.retract":
        return this.#message(this.side.them, { type: "retract", id: this.side.sid, reason: { condition: "cancel" } });
      case "jmi.send.finish":
        for (const device of effect.to)
          this.#message(device, { type: "finish", id: this.side.sid, reason: effect.reason });
    }
  }

  /** Whether a device that is in the call still is, is in doubt: after a while it is asked for a sign of life (XEP-0166 §6.7). */
  unavailable(device: string): void {
    this.#absent.get(device)?.();
    const ask = (): void => {
      this.#absent.delete(device);
      if (this.#needs.devices().includes(device)) this.#ping(device);
    };
    this.#absent.set(device, this.#needs.clock.after(ABSENCE, ask));
  }

  /** Asks the devices for a sign of life, again and again, until the call is over. */
  watch(): void {
    this.#stopWatching = this.#needs.clock.after(PING_INTERVAL, () => {
      for (const device of this.#needs.devices()) this.#ping(device);
      this.watch();
    });
  }

  /** The call is over. */
  stop(): void {
    this.#stopWatching();
    for (const forget of this.#absent.values()) forget();
    this.#absent.clear();
  }

  /** An empty session-info; no answer at all means that the device is gone (XEP-0166 §6.7). A result comes from one that knows the session. */
  #ping(device: string): void {
    this.#ask(device, "session-info", [], {}, (answer) => {
      if (hadNoStream(answer)) this.#doubt(device);
      else if (answer.type === "silence") this.#needs.tell({ type: "jingle.lost", device, condition: "silence" });
      else if (answer.type === "result") this.#needs.tell({ type: "jingle.acknowledged", device });
      else this.#answered(device, "session-info", answer);
    });
  }

  /**
   * Accepts, and names what is refused by senders='none' (XEP-0166 §7.3).
   *
   * COMPAT Dino 0.4: knows no such senders, and calls the accept a bad-request; then it is told of the others alone, as an
   * offer would have them. Conversations ends the call when a content is missing, so that is no way to begin.
   */
  #accept({ to, media }: Extract<UserEffect, { type: "jingle.send.session-accept" }>): void {
    const responder = { responder: this.side.us };
    const shorter = (device: string): void =>
      this.#say([device], "session-accept", writeJingle(media, "offer"), responder);
    const misread = media.contents.some(({ rejected }) => rejected) ? shorter : undefined;
    this.#say(to, "session-accept", writeJingle(media, "answer"), responder, misread);
  }

  /** Offers new contents; a client that refuses the IQ, or cannot be asked, refuses the contents. Of others the phone waits for the word. */
  #add({ to, contents, groups }: Extract<UserEffect, { type: "jingle.send.content-add" }>): void {
    const names = contents.map(({ name }) => name);
    const children = [...contents.map(writeContent), ...groups.map(writeGroup)];
    for (const device of to)
      this.#ask(device, "content-add", children, {}, (answer) => {
        this.#answered(device, "content-add", answer);
        if (answer.type === "error" || answer.type === "offline")
          this.#needs.tell({ type: "jingle.content-reject", device, names });
      });
  }

  #offered(device: string, answer: Answer): void {
    if (answer.type === "result") return this.#needs.tell({ type: "jingle.acknowledged", device });
    if (answer.type === "lost") return this.#doubt(device);
    const condition = answer.condition ?? answer.type;
    this.#needs.log({ level: "info", event: "device.refused", device, condition });
    this.#needs.tell({ type: "jingle.refused", device, condition });
  }

  /** What a device has heard nobody knows, since the stream was lost; it is asked when that is back. */
  #doubt(device: string): void {
    if (this.#needs.devices().includes(device)) this.unavailable(device);
  }

  #message(to: string, message: JingleMessage): void {
    const way = { from: this.side.us, to };
    if (!this.#needs.xmpp.say(way, message)) this.#needs.outbox.keepMessage(way, message);
  }

  #trickle(to: readonly string[], update: TransportUpdate): void {
    for (const contents of writeTransportInfo(update)) this.#say(to, "transport-info", contents);
  }

  /** Says it to each device; `misread` is what to do about one that calls it a bad-request. */
  #say(
    to: readonly string[],
    action: string,
    children: Element[],
    attributes: Record<string, string> = {},
    misread?: (device: string) => void,
  ): void {
    for (const device of to) {
      const answered = (answer: Answer): void => {
        this.#answered(device, action, answer);
        if (answer.type === "error" && answer.condition === "bad-request") misread?.(device);
      };
      this.#ask(device, action, children, attributes, (answer) => {
        if (hadNoStream(answer) && MUST_BE_TOLD.has(action)) {
          const payload = this.#jingle(action, children, attributes);
          this.#needs.outbox.keep({ to: device, from: this.side.us, payload }, answered);
        } else answered(answer);
      });
    }
  }

  #answered(device: string, action: string, answer: Answer): void {
    if (answer.type !== "error" || action === "session-terminate") return;
    const condition = answer.condition ?? "undefined-condition";
    this.#needs.log({ level: "warn", event: "jingle.refused", device, action, condition });
    if (isGone(condition)) this.#needs.tell({ type: "jingle.lost", device, condition });
  }

  #ask(
    to: string,
    action: string,
    children: Element[],
    attributes: Record<string, string>,
    answered: (answer: Answer) => void,
  ): void {
    const payload = this.#jingle(action, children, attributes);
    this.#needs.xmpp.request({ to, from: this.side.us, payload }, answered);
  }

  #jingle(action: string, children: Element[], attributes: Record<string, string> = {}): Element {
    return jingleElement(action, this.side.sid, attributes, children);
  }
}
