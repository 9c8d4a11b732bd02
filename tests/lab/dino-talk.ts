/**
 * Calls in which Dino and a phone hear each other, whoever begins them; who has begun hangs up.
 *
 * COMPAT Dino 0.4: in one call of twenty or so, oftener the more it has had and the busier the machine is, it opens no microphone (its
 * echo canceller says ProcessReverseStream -7 by the thousand): ICE, DTLS and RTCP come, and no RTP. Its sound card shows that nobody
 * listens. Such a call says nothing of ours and is made again; any other silence is a fault.
 */
import type { Baresip } from "./baresip.ts";
import type { Dino } from "./dino.ts";
import { phoneHears } from "./hearing.ts";
import { CARD_HERTZ } from "./pulse.ts";

/** Seconds in which a tone arrives, if it does. */
const PATIENCE = 12;
const MOST_CALLS = 3;

/** Dino calls. */
export const dinoCalls = (dino: Dino, phone: Baresip, media: "audio" | "video" = "audio"): Promise<void> =>
  talk(
    dino,
    phone,
    async () => {
      await dino.call(media);
      await phone.event("CALL_INCOMING");
      await phone.command("accept");
    },
    async () => {
      await dino.hangUp();
      await phone.event("CALL_CLOSED");
    },
  );

/** The phone calls this URI, which rings at Dino's. */
export const phoneCalls = (dino: Dino, phone: Baresip, uri: string): Promise<void> =>
  talk(
    dino,
    phone,
    async () => {
      await phone.command("dial", uri);
      await phone.event("CALL_RINGING");
      await dino.accept();
      await phone.event("CALL_ESTABLISHED");
    },
    async () => {
      await phone.command("hangup");
      await dino.stanza("session-terminate");
    },
  );

async function talk(
  dino: Dino,
  phone: Baresip,
  begin: () => Promise<unknown>,
  end: () => Promise<unknown>,
): Promise<void> {
  for (let left = MOST_CALLS; ; ) {
    await begin();
    const each = [phoneHears(phone, CARD_HERTZ, PATIENCE), phoneHears(dino, phone.hertz, PATIENCE)];
    const fault = await Promise.all(each).then(
      () => undefined,
      (error: unknown) => error,
    );
    const listens = await dino.listens();
    await end();
    if (fault === undefined) return;
    if (listens || --left === 0) throw fault;
    await phone.forget();
    await dino.forget();
  }
}
