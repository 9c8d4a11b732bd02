/**
 * Makes calls: a chart with its two sides, registered under the names it goes by; and lets go of them when they end.
 *
 * Rule: a call that has ended leaves nothing behind.
 */
import type { CallInput } from "../../machines/call/context.ts";
import { chartClock } from "../clock.ts";
import { type Guard, guardedClock, guardedSip } from "../guard.ts";
import type { Log } from "../log.ts";
import type { CallsAwaiting } from "../phone/awaiting.ts";
import type { Phone, PhoneNeeds } from "../phone/phone.ts";
import type { Outbox } from "../xmpp/outbox.ts";
import { Call } from "./call.ts";
import type { CallsNeeds } from "./needs.ts";
import { phoneNeeds } from "./phone.ts";
import type { Registry } from "./registry.ts";
import { User, type UserSide } from "./user.ts";

/** What a call begins with, beside the options. */
type Beginning = Pick<CallInput, "direction" | "offer" | "devices" | "isOnline" | "peerTrickles" | "messages">;

export class CallMaker {
  readonly #needs: CallsNeeds;
  readonly #registry: Registry;
  readonly #awaiting: CallsAwaiting;
  readonly #outbox: Outbox;
  readonly #chartClock: ReturnType<typeof chartClock>;

  constructor(needs: CallsNeeds, by: { registry: Registry; awaiting: CallsAwaiting; outbox: Outbox }) {
    this.#needs = needs;
    this.#registry = by.registry;
    this.#awaiting = by.awaiting;
    this.#outbox = by.outbox;
    this.#chartClock = chartClock(needs.clock);
  }

  /** Makes a call and registers it; it lives once it is started. */
  create(
    input: Beginning,
    side: UserSide,
    dialog: { callId: string; localTag: string; contactUser: string },
    phone: (needs: PhoneNeeds) => Phone,
  ): Call {
    const { config, clock } = this.#needs;
    const { profile, retryAudioOnly, ringTimeout, gatherTimeout, renegotiateTimeout, jmiTimeout } = config;
    const log = this.#logOf(input, side, dialog);
    const guard: Guard = (work) => call.guard(work);
    const call: Call = new Call(
      { ...input, profile, retryAudioOnly, ringTimeout, gatherTimeout, renegotiateTimeout, jmiTimeout },
      {
        phone: phone({
          ...phoneNeeds(this.#needs, dialog.contactUser),
          log,
          sip: guardedSip(this.#needs.sip(), guard),
          clock: guardedClock(clock, guard),
          wanted: () => !call.userLeft,
          tell: (event) => call.deliver(event),
          offer: () => call.offer,
          local: () => call.local,
          remote: () => call.remote,
          heard: () => call.heard,
          expectAck: (transaction, it) => this.#awaiting.add(call, transaction, it),
        }),
        user: new User(side, {
          xmpp: this.#needs.xmpp(),
          outbox: this.#outbox,
          clock: guardedClock(clock, guard),
          log,
          devices: () => call.devices,
          tell: (event) => call.deliver(event),
        }),
      },
      { clock: this.#chartClock, log, ended: () => this.#ended(call) },
    );
    this.#registry.add(call, dialog);
    log({ level: "info", event: "call.started", direction: input.direction });
    return call;
  }

  #logOf({ direction }: Beginning, side: UserSide, dialog: { callId: string; localTag: string }): Log {
    const { log } = this.#needs;
    const to = direction === "outgoing" ? side.us : side.them;
    // our tag is the one name that no other call has, and it is on the wire
    const about = { call: dialog.localTag, sid: side.sid, callId: dialog.callId, from: side.initiator, to };
    return (event) => log({ ...about, ...event });
  }

  #ended(call: Call): void {
    this.#awaiting.ended(call);
    this.#registry.remove(call);
    if (this.#registry.idle) this.#needs.idle();
  }
}
