/**
 * The name that Dino shows for a call over an account. The caller's number becomes the contact's JID, in whatever form the provider
 * writes it, so Dino shows the contact's name in the roster. Callers who are no contacts are put into the roster by the gateway
 * (`[xmpp] caller_group`, mod_privilege).
 *
 * COMPAT Dino 0.4: it does not read the name that comes with a call (XEP-0172); if the caller is no contact, it shows the address.
 */
import { describe, expect, test } from "bun:test";
import { COMPONENT } from "../support/prosody.ts";
import { dinoAccount } from "./dino-account.ts";
import { labTitle, NG, noLab } from "./lab.ts";
import { Rtpengine } from "./rtpengine.ts";

/** What kamailio.cfg asserts as 030123456. */
const ANNA = `+4930123456@${COMPONENT}`;
const SAID_BY_PROVIDER = `sip:said-by-provider@${COMPONENT}`;
/** What it asserts as 030777777, who is no contact. */
const SAID_OF_STRANGER = `sip:said-of-stranger@${COMPONENT}`;
const SAID_OF_NOBODY = `sip:said-of-nobody@${COMPONENT}`;

describe.skipIf(noLab !== undefined)(labTitle("a name in Dino"), () => {
  const account = dinoAccount({
    transport: "UDP",
    relay: new Rtpengine(),
    media: `[media]\nrtpengine = ["${NG}"]\n`,
    contact: ANNA,
    name: "Anna at home",
    rosters: true,
    keys: { dial: 'country = "49"\narea = "30"\nnational = "0"', trunk: "trusted = true" },
  });

  /** Lets a call ring in Dino; gives the name that it shows, and the name that came with the call. */
  const rings = async (uri: string): Promise<{ shown: string; nick: string | undefined }> => {
    const { phone, dino, scene } = account;
    await phone.command("dial", uri);
    await phone.event("CALL_RINGING");
    await dino.stanza("propose");
    const shown = await dino.notified();
    const nick = dino.nick;
    await phone.command("hangup");
    await dino.stanza("retract");
    await scene.noCalls();
    return { shown, nick };
  };

  // proves: W18, K12
  test("is the one in the roster, if the provider writes the number without its country code", async () => {
    expect(await rings(SAID_BY_PROVIDER)).toEqual({ shown: "Anna at home", nick: "Anna Schmidt" });
  });

  // proves: W19, K36
  test("is the provider's, if the caller is no contact: the gateway adds the caller before Dino rings", async () => {
    expect(await rings(SAID_OF_STRANGER)).toEqual({ shown: "Bob Meyer", nick: "Bob Meyer" });
    expect(account.dino.said).toMatch(/:item [^>]*name='Bob Meyer'/);
  });

  // proves: W19, K36
  test("is the address, if the caller is no contact and withholds the number", async () => {
    const { shown, nick } = await rings(SAID_OF_NOBODY);
    expect([shown, nick]).toEqual([`anonymous@${COMPONENT}`, undefined]);
  });
});
