/** Where a trunk is known to be: addresses, the names of its SRV records, and both of before for an hour. docs/mapping.md K21. */
import { expect, test } from "bun:test";
import { Hops } from "../../../actors/trunks/hops.ts";
import { Trunk, type TrunkSettings } from "../../../actors/trunks/trunk.ts";
import { createClock } from "../../../replay/clock.ts";

// proves: K21
test("a name of an SRV record is the trunk's, as its address is; after a move both are for an hour", async () => {
  const clock = createClock();
  let name = "sip1.line.example";
  const addresses: Record<string, string> = { "sip1.line.example": "192.0.2.1", "sip2.line.example": "192.0.2.55" };
  const hops = new Hops(
    "line",
    { host: "line.example" },
    {
      ...{ clock, chance: () => 0, random: () => "r", localHost: "192.0.2.9", log: () => {} },
      resolve: async (host) => [addresses[host] ?? host],
      records: {
        naptr: async () => [],
        srv: async (asked) => (asked.startsWith("_sip._udp") ? [{ name, port: 5070, priority: 1, weight: 0 }] : []),
      },
      sip: () => {
        throw new Error("nobody is asked");
      },
    },
  );
  const known = () =>
    ["192.0.2.1", "SIP1.line.example", "192.0.2.55", "sip2.line.example", "line.example", "sip3.line.example"].map(
      (host) => hops.isAt(host) || hops.isNamed(host),
    );
  await hops.start();
  expect(known()).toEqual([true, true, false, false, true, false]);
  name = "sip2.line.example";
  await clock.advance(60_000);
  expect(known()).toEqual([true, true, true, true, true, false]);
  expect(hops.list.map(({ host }) => host)).toEqual(["192.0.2.55"]);
  await clock.advance(3_600_000);
  expect(known()).toEqual([false, false, true, true, true, false]);
  hops.stop();
});

// proves: K21
test("a request that goes by the name of an SRV record goes to the trunk, so that its challenge is answered", async () => {
  const settings: TrunkSettings = {
    ...{ name: "line", server: { host: "line.example" }, authority: "line.example", domain: "line.example" },
    ...{
      transport: "udp",
      username: "620",
      authUsername: "",
      password: "pw",
      realm: [],
      register: false,
      expires: 600,
      keepalive: 0,
    },
    ...{ media: "webrtc", codecs: ["PCMA"], identity: "account", trusted: true, numbers: [], defaultUser: "" },
  };
  const trunk = new Trunk(settings, {
    ...{ clock: createClock(), chance: () => 0, random: () => "r", localHost: "192.0.2.9", log: () => {} },
    ...{ hash: () => "", acl: { covers: () => false }, ours: [], port: () => 5600, strict: false, isSame: () => false },
    resolve: async () => ["192.0.2.1"],
    records: {
      naptr: async () => [],
      srv: async () => [{ name: "sip1.line.example", port: 5060, priority: 1, weight: 0 }],
    },
    sip: () => {
      throw new Error("nobody is asked");
    },
  });
  await trunk.hops.start();
  const isProxy = (host: string) => trunk.reach.isProxy({ transport: "udp", host, port: 5060 });
  expect(["sip1.line.example", "line.example", "192.0.2.1", "other.example"].map(isProxy)).toEqual([
    true,
    true,
    true,
    false,
  ]);
  trunk.stop();
});
