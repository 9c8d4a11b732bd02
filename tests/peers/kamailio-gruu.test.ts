/** A phone behind the proxy of docs/deploy.md whose Contact is a GRUU (RFC 5627: linphone) is reached inside its dialogs. */
import { afterEach, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { ProxyCredentials } from "../../actors/phone/credentials.ts";
import { requestOf, responseTo } from "../../protocol/sip/build.ts";
import { header } from "../../protocol/sip/fields.ts";
import type { Message, Response } from "../../protocol/sip/message.ts";
import { readMessage } from "../../protocol/sip/read.ts";
import { writeMessage } from "../../protocol/sip/write.ts";
import { openUdp } from "../../transports/udp.ts";
import { Inbox } from "../support/inbox.ts";
import { noKamailio, startKamailio } from "../support/kamailio.ts";
import { freePort } from "../support/ports.ts";

const DOMAIN = "pbx.example.org";
const INSTANCE = "urn:uuid:5d7a3c9e-2b14-4f0a-9c55-0a1b2c3d4e5f";
const title = noKamailio === undefined ? "" : ` (left out: ${noKamailio})`;

const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

/** Somebody who speaks SIP over UDP with the proxy. */
async function speaker(proxyPort: number) {
  const heard = new Inbox<Message>();
  const socket = await openUdp(
    { host: "127.0.0.1", port: 0 },
    { received: (bytes) => heard.put(readMessage(bytes)), failed: () => {} },
  );
  closings.push(() => socket.close());
  const { port } = socket.local;
  const say = (message: Message): void => socket.send(writeMessage(message), { host: "127.0.0.1", port: proxyPort });
  return {
    contact: `<sip:bob@127.0.0.1:${port}>`,
    via: (branch: string) => ["Via", `SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${branch};rport`] as const,
    say,
    hears: (what: string, fits: (message: Message) => boolean) => heard.next(fits, what),
  };
}

const hash = (algorithm: "md5" | "sha256", text: string): string => createHash(algorithm).update(text).digest("hex");
const account = { username: "bob", password: "change-me", realm: [], learnsFrom401: true };
const credentials = new ProxyCredentials(account, { random: () => "cnonce", hash });

// proves: X18
test.skipIf(noKamailio !== undefined)(`a BYE to the phone's GRUU reaches the phone${title}`, async () => {
  const kamailio = await startKamailio("example.org", await freePort());
  closings.push(() => kamailio.stop());
  const [phone, gateway] = [await speaker(kamailio.port), await speaker(kamailio.port)];
  const register = requestOf({
    method: "REGISTER",
    uri: `sip:${DOMAIN}`,
    headers: [
      phone.via("register"),
      ["From", `<sip:bob@${DOMAIN}>;tag=b`],
      ["To", `<sip:bob@${DOMAIN}>`],
      ["Call-ID", "register-1"],
      ["CSeq", "1 REGISTER"],
      ["Supported", "gruu"],
      ["Contact", `${phone.contact};+sip.instance="<${INSTANCE}>"`],
    ],
  });
  phone.say(register);
  const challenge = (await phone.hears("401", (message) => "status" in message && message.status === 401)) as Response;
  const again = credentials.answer(register, challenge, 2);
  if (again)
    phone.say({ ...again, headers: again.headers.map((field) => (field[0] === "Via" ? phone.via("again") : field)) });
  const registered = await phone.hears("200", (message) => "status" in message && message.status === 200);
  const [, gruu = ""] = /pub-gruu="([^"]+)"/.exec(header(registered, "Contact") ?? "") ?? [];
  expect(gruu).toContain(INSTANCE);

  gateway.say(
    requestOf({
      method: "BYE",
      uri: gruu,
      headers: [
        gateway.via("bye"),
        ["Route", `<sip:127.0.0.1:${kamailio.port};lr>`],
        ["From", "<sip:alice@example.org>;tag=a"],
        ["To", `<sip:bob@${DOMAIN}>;tag=b`],
        ["Call-ID", "call-1"],
        ["CSeq", "2 BYE"],
      ],
    }),
  );
  const bye = await phone.hears("BYE", (message) => "method" in message && message.method === "BYE");
  if ("method" in bye) phone.say(responseTo(bye, 200));
  await gateway.hears("200 to the BYE", (message) => "status" in message && message.status === 200);
});
