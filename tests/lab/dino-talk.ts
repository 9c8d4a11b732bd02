/**
 * Calls in which Dino and another hear each other, whoever begins them; who has begun hangs up.
 *
 * COMPAT Dino 0.4: in one call of twenty, on a busy machine in every second one, it sends no RTP, though ICE and DTLS are complete: it opens no
 * microphone (its echo canceller says ProcessReverseStream -7 by the thousand, which is "bad sample rate": nothing is negotiated with the
 * source yet), or reads nothing from it. A Dino that has just started does it as well. Such a call says nothing about us and is made again. Any
 * other silence is a failure.
 */
import type { Baresip } from "./baresip.ts";
import type { Dino } from "./dino.ts";
import { phoneHears } from "./hearing.ts";
import { CARD_HERTZ } from "./pulse.ts";

/** Seconds in which a tone arrives, if it does. */
export const PATIENCE = 12;
const MOST_CALLS = 6;

/** A call of Dino's, and what the other has of it. */
export interface DinoCall {
  /** Ends when it is answered. */
  begin(): Promise<unknown>;
  /** Each hears the other, or it throws. */
  hear(): Promise<unknown>;
  /** Whether RTP of Dino has come. */
  received(): boolean | Promise<boolean>;
  end(): Promise<unknown>;
  /** Before the next call. */
  forget(): Promise<unknown>;
}

/** Dino calls. */
export const dinoCalls = (dino: Dino, phone: Baresip, media: "audio" | "video" = "audio"): Promise<void> =>
  talk(dino, {
    ...withPhone(dino, phone),
    async begin() {
      await dino.call(media);
      await phone.event("CALL_INCOMING");
      await dino.gathered();
      await phone.command("accept");
    },
    async end() {
      await dino.hangUp();
      await phone.event("CALL_CLOSED");
    },
  });

/** The phone calls this URI, which rings at Dino's. */
export const phoneCalls = (dino: Dino, phone: Baresip, uri: string): Promise<void> =>
  talk(dino, {
    ...withPhone(dino, phone),
    async begin() {
      await phone.command("dial", uri);
      await phone.event("CALL_RINGING");
      await dino.accept();
      await phone.event("CALL_ESTABLISHED");
    },
    async end() {
      await phone.command("hangup");
      await dino.stanza("session-terminate");
    },
  });

const withPhone = (dino: Dino, phone: Baresip): Pick<DinoCall, "hear" | "received" | "forget"> => ({
  hear: () => Promise.all([phoneHears(phone, CARD_HERTZ, PATIENCE), phoneHears(dino, phone.hertz, PATIENCE)]),
  received: () => phone.received,
  forget: () => phone.forget(),
});

/** Makes the call, and makes it again if Dino sent nothing. */
export async function talk(dino: Dino, call: DinoCall): Promise<void> {
  for (let left = MOST_CALLS; ; ) {
    await call.begin();
    const fault = await call.hear().then(
      () => undefined,
      (error: unknown) => error,
    );
    const [listens, received] = [await dino.listens(), await call.received()];
    await call.end();
    if (fault === undefined) return;
    if ((listens && received) || --left === 0)
      throw new Error(
        `${fault}; Dino's microphone is ${listens ? "open" : "closed"}, RTP of it ${received ? "comes" : "does not come"}`,
      );
    await call.forget();
    await dino.forget();
  }
}
