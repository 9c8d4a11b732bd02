/**
 * A user's connection and a phone's in one Chromium, with the gateway's own readers and writers between them, and stanza's
 * between the user's SDP and Jingle: each description is what a side would have got, and Chromium must take it.
 */
import type { Page } from "playwright-core";
import { sdpByStanza, stanzaJingle } from "../../bench/notations.ts";
import { jingleElement, readJingle, writeJingle } from "../../protocol/jingle/jingle.ts";
import { answerTo } from "../../protocol/media/answer.ts";
import { laterOffer } from "../../protocol/media/later-offer.ts";
import type { Media } from "../../protocol/media/media.ts";
import { asOffer, withDtlsRole } from "../../protocol/media/offer-answer.ts";
import { acceptFromAnswer } from "../../protocol/media/phone-answer.ts";
import { answerFromAccept } from "../../protocol/media/user-accept.ts";
import { readSdp } from "../../protocol/sdp/read.ts";
import { writeSdp } from "../../protocol/sdp/write.ts";
import { writeStanza } from "../../protocol/xmpp/write.ts";
import { jingleOf } from "../support/vectors.ts";
import type { Change, Connections, Wish } from "./pages/wishes.ts";

const origin = { id: "1", version: 1, address: "198.18.0.2" };
const jingleText = (media: Media, as: "offer" | "answer"): string =>
  writeStanza(jingleElement(as === "offer" ? "session-initiate" : "session-accept", "s", {}, writeJingle(media, as)));

/** One session of a user with a phone: both descriptions, as the gateway knows them. */
export class Session {
  readonly #page: Page;
  readonly #name: string;
  readonly #caller: "user" | "phone";
  user: Media = { contents: [], groups: [] };
  phone: Media = { contents: [], groups: [] };

  constructor(page: Page, name: string, caller: "user" | "phone") {
    this.#page = page;
    this.#name = name;
    this.#caller = caller;
  }

  get #userRole() {
    return this.#caller === "user" ? ("initiator" as const) : ("responder" as const);
  }

  get #phoneRole() {
    return this.#caller === "user" ? ("responder" as const) : ("initiator" as const);
  }

  async userCalls(wish: Wish, change?: Change): Promise<void> {
    await this.#ask("make", `${this.#name} user`, wish);
    await this.#ask("make", `${this.#name} phone`, { policy: wish.policy });
    await this.userOffers(undefined, change);
  }

  /** The user's offer through the gateway to the phone, and its answer back. */
  async userOffers(change?: Change, answersWith?: Change): Promise<void> {
    const sdp = await this.#ask<string>("offer", `${this.#name} user`, change);
    this.user = readJingle(jingleOf(stanzaJingle(sdp, "initiator")));
    const accept = await this.offerToPhone(this.user, answersWith);
    await this.#ask("take", `${this.#name} user`, sdpByStanza(jingleText(accept, "answer"), "responder"));
  }

  /** An offer of the gateway's to the phone; gives what the user is told of its answer. */
  async offerToPhone(offer: Media, answersWith?: Change): Promise<Media> {
    const invite = writeSdp(offer, { by: this.#userRole, origin, answer: false });
    const answer = await this.#ask<string>("answer", `${this.#name} phone`, invite, answersWith);
    this.phone = acceptFromAnswer(offer, readSdp(answer, { by: this.#phoneRole, answerTo: offer }));
    this.user = withDtlsRole(offer, this.phone);
    return this.phone;
  }

  /** The phone's offer through the gateway to the user, who may leave all but the sound out of the accept. */
  async phoneCalls(wish: Wish, takes: "all" | "audio" = "all"): Promise<void> {
    await this.#ask("make", `${this.#name} phone`, wish);
    const sdp = await this.#ask<string>("offer", `${this.#name} phone`);
    this.phone = readSdp(sdp, { by: "initiator" });
    await this.#answeredByNewUser("first", wish, takes);
  }

  /** A later offer of the phone's that the user is not asked about: hold, resume, a line that is stopped. */
  async phoneOffersAgain(change: Change): Promise<void> {
    this.phone = await this.#later(change);
    await this.#take200(answerTo(this.phone, this.user));
  }

  /** A later offer that the user's client answers: here a new one, which is told of the whole session. */
  async phoneAsks(change: Change): Promise<void> {
    this.phone = await this.#later(change);
    await this.#answeredByNewUser(change, {});
  }

  /** The user's session as an offer of ours (a re-INVITE), after it was changed. */
  async reinvite(changed: (user: Media) => Media): Promise<void> {
    this.user = changed(this.user);
    await this.offerToPhone(asOffer(this.user));
  }

  async #later(change: Change): Promise<Media> {
    const sdp = await this.#ask<string>("offer", `${this.#name} phone`, change);
    return laterOffer(this.phone, readSdp(sdp, { by: "initiator", follows: this.phone }));
  }

  async #answeredByNewUser(step: string, wish: Wish, takes: "all" | "audio" = "all"): Promise<void> {
    const user = `${this.#name} user ${step}`;
    await this.#ask("make", user, { policy: wish.policy });
    const offered = sdpByStanza(jingleText(this.phone, "offer"), "initiator");
    const sdp = await this.#ask<string>("answer", user, offered);
    const accept = readJingle(jingleOf(stanzaJingle(sdp, "responder")), "answer");
    const contents = accept.contents.filter(({ media }) => takes === "all" || media === takes);
    this.user = answerFromAccept(this.phone, { ...accept, contents });
    await this.#take200(answerTo(this.phone, this.user));
  }

  async #take200(answer: Media): Promise<void> {
    const sdp = writeSdp(answer, { by: "responder", origin, answer: true });
    await this.#ask("take", `${this.#name} phone`, sdp);
  }

  async #ask<Answer = void>(method: keyof Connections, ...values: readonly unknown[]): Promise<Answer> {
    const given = values.map((each) => JSON.stringify(each) ?? "undefined").join();
    return this.#page.evaluate<Answer>(`connections.${method}(${given})`);
  }
}
