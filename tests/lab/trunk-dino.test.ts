/** Dino and a phone with plain RTP hear each other over an account that is registered by TLS, through each relay, whoever calls. */
import { afterEach, describe, expect, test } from "bun:test";
import { COMPONENT } from "../support/prosody.ts";
import { dinoAccount } from "./dino-account.ts";
import { dinoCalls, phoneCalls } from "./dino-talk.ts";
import { labTitle, noLab } from "./lab.ts";
import { MEDIA_SECTIONS } from "./relays.ts";

for (const { relay: name, make, media } of MEDIA_SECTIONS)
  describe.skipIf(noLab !== undefined)(labTitle(`Dino and plain baresip by an account by TLS, by ${name}`), () => {
    const relay = make();
    const account = dinoAccount({ transport: "TLS", relay, media, contact: `plain@${COMPONENT}` });

    afterEach(async () => {
      await account.scene.noCalls();
      expect(await relay.calls()).toEqual([]);
    });

    // proves: W18
    test("Dino calls, each hears the other's tone, Dino hangs up", () => dinoCalls(account.dino, account.phone));

    // proves: W18
    test("the phone calls the account, Dino accepts, each hears the other's tone, the phone hangs up", () =>
      phoneCalls(account.dino, account.phone, `sip:line@${COMPONENT}`));
  });
