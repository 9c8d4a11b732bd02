/**
 * The proxy's password, and who asks for it, through real Prosody at the gateway as a process: the proxy itself gets a digest; a phone that answers
 * from a host of its own gets none, by 401 or 407, in whatever realm, to re-INVITE, INFO or BYE. Names that such a phone writes and that no
 * name server answers delay nobody.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Device } from "../support/device.ts";
import { type Guest, GuestWorld, OFFER, SDP } from "../support/guests.ts";
import { COMPONENT, noProsody } from "../support/prosody.ts";

const HOLD = "<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>";
const BOB = `bob@${COMPONENT}`;
const CHALLENGES = [
  ["401 Unauthorized", "WWW-Authenticate", "carillon.test"],
  ["407 Proxy Authentication Required", "Proxy-Authenticate", "carillon.test"],
  ["401 Unauthorized", "WWW-Authenticate", "evil.example"],
] as const;
const asked = ([start, field, realm]: (typeof CHALLENGES)[number]): string =>
  `${start}\r\n${field}: Digest realm="${realm}", nonce="n1", algorithm=MD5, qop="auth"`;
const digestIn = (request: string): string =>
  /^(?:Proxy-)?Authorization: Digest username="(\w+)"/m.exec(request)?.[1] ?? "none";

describe.skipIf(noProsody !== undefined)(`the password${noProsody ? ` (left out: ${noProsody})` : ""}`, () => {
  let world: GuestWorld;
  let juliet: Device;
  let phone: Guest;

  beforeAll(async () => {
    world = await GuestWorld.start({
      users: ["juliet"],
      sip: `allow = ["127.0.0.8"]\nusername = "carillon"\npassword = "pw"\nrealm = ["carillon.test"]`,
      calls: "per_minute = 0",
    });
    juliet = await world.device("juliet");
    phone = await world.guest("127.0.0.8");
  }, 120_000);
  afterAll(() => world?.stop());

  // proves: G9
  test.each(CHALLENGES.map((each) => [each.join(", "), each] as const))(
    "goes to the proxy in its realm, and not to a phone: %s",
    async (name, challenge) => {
      const { proxy } = world;
      const isOurs = challenge[2] === "carillon.test";
      await juliet.say(BOB, "session-initiate", name, OFFER);
      proxy.replies(await proxy.next("INVITE"), asked(challenge));
      if (!isOurs) return void (await juliet.heard.next(({ action }) => action === "session-terminate", "the end"));
      expect(digestIn(await proxy.next("INVITE"))).toBe("carillon");
      proxy.says(`SIP/2.0 200 OK\nTo: <sip:${BOB}>;tag=bob\n${phone.contact}\n${SDP}`);
      expect(digestIn(await phone.next("ACK"))).toBe("none");
      await juliet.say(BOB, "session-info", name, HOLD);
      for (const method of ["INVITE", "BYE"]) {
        if (method === "BYE") await juliet.say(BOB, "session-terminate", name, "<reason><success/></reason>");
        const request = await phone.next(method);
        expect(digestIn(request)).toBe("none");
        phone.replies(request, asked(challenge));
        if (method === "INVITE") await phone.next("ACK");
      }
      await juliet.ask("get", COMPONENT, Device.element("<ping xmlns='urn:xmpp:ping'/>"));
      const more = phone.heard.rest().filter((text) => digestIn(text) !== "none");
      expect(more).toEqual([]);
    },
  );
});
