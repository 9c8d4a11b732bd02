/** Where a peer may have us send: by what is special, by transport, and by where its messages come from. */
import { describe, expect, test } from "bun:test";
import { SipAcl } from "../../../actors/sip/acl.ts";
import { Reach } from "../../../actors/sip/reach.ts";
import { createClock } from "../../../replay/clock.ts";

/** The proxy is on this machine, as is usual. */
async function reachOf(networks: readonly string[] = []): Promise<Reach> {
  const acl = new SipAcl({ clock: createClock(), networks, proxyHost: "pbx", resolve: async () => ["127.0.0.1"] });
  await acl.start();
  acl.stop();
  return new Reach({ acl, isProxyPort: (port) => port === 5060, ours: ["192.0.2.1"], port: () => 5600, strict: false });
}

const udp = (host: string, port = 5060) => ({ transport: "udp", host, port }) as const;
const tcp = (host: string, port = 5060) => ({ transport: "tcp", host, port }) as const;

describe("a peer may lead us", () => {
  // proves: G5
  test.each([
    ["to the proxy on this machine, at its port", udp("127.0.0.1"), [], true],
    ["to the proxy by TCP", tcp("127.0.0.1"), [], true],
    ["to no other port of this machine", udp("127.0.0.1", 25), [], false],
    ["to another port of this machine, where the peer is there itself", udp("127.0.0.1", 25), ["127.0.0.1"], true],
    ["to this machine by our own address, where it is there itself", udp("192.0.2.1", 25), ["127.0.0.1"], true],
    ["to our own address from nowhere else", udp("192.0.2.1", 25), ["198.51.100.1"], false],
    ["to our own socket, where two users meet", udp("192.0.2.1", 5600), [], true],
    ["to this link, where it is on the link itself", udp("169.254.7.7"), ["169.254.3.3"], true],
    ["to a cloud's metadata never, not from the link either", udp("169.254.169.254"), ["169.254.3.3"], false],
    ["to a group never", udp("224.0.0.1"), ["224.0.0.1"], false],
    ["to any host by UDP", udp("198.51.100.1"), [], true],
    ["to no host by TCP where it is not", tcp("198.51.100.1"), ["198.51.100.2"], false],
    ["to a host by TCP where it is", tcp("198.51.100.1", 4000), ["198.51.100.1"], true],
    ["to where it is, in another form of the address", tcp("::ffff:198.51.100.1"), ["198.51.100.1"], true],
  ] as const)("%s", async (_, to, heard, may) => {
    expect((await reachOf()).mayLead(to, heard)).toBe(may);
  });

  // proves: G5
  test("wherever [sip] allow covers it, by TCP too", async () => {
    const reach = await reachOf(["127.0.0.0/8"]);
    expect(reach.mayLead(tcp("127.0.0.1", 25), [])).toBe(true);
  });
});

test("a message is the proxy's by its port, or by TCP, where all ports are others", async () => {
  const reach = await reachOf();
  const sources = [udp("127.0.0.1"), udp("127.0.0.1", 4000), tcp("127.0.0.1", 4000), udp("198.51.100.1")];
  expect(sources.map((source) => reach.isPassedOn(source))).toEqual([true, false, true, false]);
});

test("a message by TLS is its trunk's, though that is where the proxy is", async () => {
  const reach = await reachOf();
  expect(reach.isPassedOn({ transport: "tls", host: "127.0.0.1", port: 5061, trunk: "line" })).toBe(false);
});

describe("a message may have media sent", () => {
  // proves: V26
  test.each([
    ["anywhere that is nothing special", "198.51.100.1", udp("198.51.100.2"), true],
    ["into a private network", "192.168.178.20", udp("198.51.100.2"), true],
    ["to our own address, where a PBX beside us is", "192.0.2.1", udp("198.51.100.2"), true],
    ["nowhere, which is a hold", "0.0.0.0", udp("198.51.100.2"), true],
    ["not to this machine from elsewhere", "127.0.0.1", udp("198.51.100.2", 4000), false],
    [
      "not to this machine by the proxy that is on it: it is somebody else's word",
      "127.0.0.1",
      udp("127.0.0.1"),
      false,
    ],
    ["to this machine, where the phone is on it", "127.0.0.1", udp("127.0.0.1", 4000), true],
    ["to this link, where the phone is on it", "169.254.7.7", udp("169.254.3.3"), true],
    ["to a cloud's metadata never", "169.254.169.254", udp("169.254.3.3"), false],
    ["to a group never", "224.0.0.1", udp("224.0.0.1"), false],
    ["to no name", "localhost", udp("127.0.0.1", 4000), false],
  ] as const)("%s", async (_, host, source, may) => {
    expect((await reachOf()).mayHaveMedia(host, source)).toBe(may);
  });

  // proves: V26
  test("wherever [sip] allow covers it", async () => {
    expect((await reachOf(["127.0.0.0/8"])).mayHaveMedia("127.0.0.1", udp("127.0.0.1"))).toBe(true);
  });
});
