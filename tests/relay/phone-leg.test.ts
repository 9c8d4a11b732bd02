/** The phone's side, on a network in memory: where its packets go while strangers send, too. */
import { expect, test } from "bun:test";
import { audioOf, readOffer } from "../../relay/descriptions.ts";
import { PhoneLeg } from "../../relay/phone-leg.ts";
import { Ports, type Received } from "../../relay/ports.ts";
import type { Address } from "../../transports/transport.ts";

const PHONE = "192.0.2.1";
const STRANGER = "198.51.100.9";
const SDP = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", "m=audio 4000 RTP/AVP 8", ""];
const RTP = Uint8Array.of(0x80, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1);
const RTCP = Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 1);

/** A leg whose phone has said where it is; `say` and `report` have somebody send to it. */
async function start(sdp = SDP, address = "192.0.2.14") {
  let now = 0;
  const ears: Received[] = [];
  const sent: Address[] = [];
  const open: ConstructorParameters<typeof Ports>[0] = async (local, { received }) => {
    ears.push(received);
    return { local, send: (_, to) => void sent.push(to), close: async () => {} };
  };
  const ports = new Ports(open, { first: 30_000, last: 30_009 }, () => 0);
  const leg = await PhoneLeg.open({ ports, address, now: () => now, heard: () => {} });
  const audio = audioOf(readOffer(sdp.join("\r\n")));
  if (audio) leg.hear(audio);
  const say = (host: string, at: number): void => {
    now = at;
    ears[0]?.(RTP, { host, port: 4_000 });
  };
  const report = (host: string): void => ears[1]?.(RTCP, { host, port: 4_001 });
  const goes = (): string[] => {
    sent.length = 0;
    leg.send(RTP, "rtp");
    leg.send(RTCP, "rtcp");
    return sent.map(({ host, port }) => `${host}:${port}`);
  };
  return { say, report, goes };
}

const AT_PHONE = [`${PHONE}:4000`, `${PHONE}:4001`];

// proves: V15
test("RTP and RTCP go to where the phone says it is, then to who alone has sent for a second, then to the phone", async () => {
  const { say, report, goes } = await start();
  expect(goes()).toEqual(AT_PHONE);
  for (const at of [0, 1_000]) say(STRANGER, at);
  report(STRANGER);
  expect(goes()).toEqual([`${STRANGER}:4000`, `${STRANGER}:4001`]);
  say(PHONE, 2_000);
  expect(goes()).toEqual(AT_PHONE);
  report(STRANGER);
  expect(goes()).toEqual(AT_PHONE);
});

const at = (host: string): string[] =>
  SDP.map((line) => (line.startsWith("c=") ? `c=IN ${host.includes(":") ? "IP6" : "IP4"} ${host}` : line));

// proves: V23
test.each(["127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "255.255.255.255", "fe80::1", "0.0.0.0"])(
  "a description leads nothing to %s",
  async (host) => {
    const { goes } = await start(at(host));
    expect(goes()).toEqual([]);
    const rtcp = await start([...SDP.slice(0, -1), `a=rtcp:53 IN ${host.includes(":") ? "IP6" : "IP4"} ${host}`, ""]);
    expect(rtcp.goes().filter((place) => place.startsWith(host))).toEqual([]);
  },
);

// proves: V23
test("but to loopback from loopback, where the relay serves this machine", async () => {
  expect((await start(at("127.0.0.1"), "127.0.0.1")).goes()).toEqual(["127.0.0.1:4000", "127.0.0.1:4001"]);
});
