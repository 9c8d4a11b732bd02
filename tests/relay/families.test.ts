/** Which of the relay's addresses a phone hears of, on a network in memory: the first one, or one of its own family where it calls. */
import { expect, test } from "bun:test";
import { RelayCall } from "../../relay/call.ts";
import { makeCertificate } from "../../relay/dtls.ts";
import { Ports } from "../../relay/ports.ts";

const [V4, V6] = ["192.0.2.14", "2001:db8::14"];

/** Where the phone's leg of a call is bound, whose phone offers from there. */
async function legOf(phone: string, userAddresses: readonly string[]): Promise<string> {
  const bound: string[] = [];
  const open: ConstructorParameters<typeof Ports>[0] = async (local) => {
    bound.push(local.host);
    return { local, send: () => {}, close: async () => {} };
  };
  const ports = new Ports(open, { first: 30_000, last: 30_019 }, () => 0);
  const silent = { now: () => 0, failed: () => {}, keyed: () => {} };
  const [phoneAddress = ""] = userAddresses;
  const certificate = await makeCertificate();
  const call = new RelayCall({ ports, certificate, userAddresses, outside: "", phoneAddress, ...silent });
  const family = phone.includes(":") ? "IP6" : "IP4";
  const sdp = `v=0\r\no=- 1 1 IN ${family} ${phone}\r\ns=-\r\nc=IN ${family} ${phone}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n`;
  await call.rewrite({ sdp, command: "offer", protocol: "UDP/TLS/RTP/SAVPF", codecs: undefined });
  call.close();
  // RTCP's is the last of them
  return bound.at(-1) ?? "";
}

// proves: V15
test.each([
  ["192.0.2.1", [V4, V6], V4],
  ["2001:db8::1", [V4, V6], V6],
  ["192.0.2.1", [V6, V4], V4],
  ["2001:db8::1", [V4], V4],
])("a phone that calls from %s meets one of %j at %s", async (phone, ours, met) => {
  expect(await legOf(phone, ours)).toBe(met);
});
