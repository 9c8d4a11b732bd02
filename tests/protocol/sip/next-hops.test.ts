/** Where a domain can be reached: RFC 3263, RFC 2782. */
import { describe, expect, test } from "bun:test";
import { inOrder, nextHops, type Records, type Sought } from "../../../protocol/sip/next-hops.ts";

type Known = Readonly<Record<string, readonly object[]>>;

/** A name server that knows this; what it does not know it refuses, as node:dns does. */
const server = (naptr: Known, srv: Known): Records & { readonly asked: string[] } => {
  const asked: string[] = [];
  const find = (known: Known) => (name: string) => {
    asked.push(name);
    return name in known ? Promise.resolve(known[name] as never) : Promise.reject(new Error("ENOTFOUND"));
  };
  return { asked, naptr: find(naptr), srv: find(srv) };
};
const SRV = (name: string, port = 5060, priority = 10, weight = 0) => ({ name, port, priority, weight });
const NAPTR = (order: number, service: string, replacement: string, flags = "s") => ({
  order,
  preference: 1,
  flags,
  service,
  replacement,
});
const KNOWN = server(
  {
    "t.test": [
      NAPTR(20, "SIP+D2U", "_sip._udp.t.test"),
      NAPTR(10, "SIP+D2T", "_sip._tcp.t.test."),
      NAPTR(5, "SIPS+D2T", "_sips._tcp.t.test"),
    ],
  },
  {
    "_sip._tcp.t.test": [SRV("b.t.test.", 5070, 20), SRV("a.t.test", 5061, 10)],
    "_sip._udp.t.test": [SRV("u.t.test")],
    "_sips._tcp.t.test": [SRV("s.t.test", 5061)],
    "_sip._udp.plain.test": [SRV("p.plain.test", 5080)],
    "_sip._udp.none.test": [SRV(".")],
  },
);
const found = async (sought: Sought, records: Records = KNOWN): Promise<string[]> =>
  (await nextHops(sought, records, () => 0)).map(({ transport, host, port }) => `${transport} ${host}:${port}`);

// proves: K15
describe("a domain", () => {
  test.each([
    [
      "with NAPTR and SRV, in their order",
      { host: "t.test" },
      ["tls s.t.test:5061", "tcp a.t.test:5061", "tcp b.t.test:5070", "udp u.t.test:5060"],
    ],
    ["by the transport that is said", { host: "t.test", transport: "udp" }, ["udp u.t.test:5060"]],
    ["by TLS", { host: "t.test", transport: "tls" }, ["tls s.t.test:5061"]],
    ["by TLS, without any record: itself", { host: "plain.test", transport: "tls" }, ["tls plain.test:5061"]],
    ["with SRV alone", { host: "plain.test" }, ["udp p.plain.test:5080"]],
    ["without any record: itself", { host: "other.test" }, ["udp other.test:5060"]],
    ["whose SRV says that there is no such service: itself", { host: "none.test" }, ["udp none.test:5060"]],
    ["with a port: itself", { host: "t.test", port: 5090 }, ["udp t.test:5090"]],
    ["that is an address", { host: "192.0.2.1", transport: "tcp" }, ["tcp 192.0.2.1:5060"]],
    ["that is an address of IPv6", { host: "2001:db8::1" }, ["udp 2001:db8::1:5060"]],
  ] as const)("%s", async (_, sought, hops) => {
    expect(await found(sought)).toEqual([...hops]);
  });

  test("of a provider that has no end of records gives sixteen", async () => {
    const many = Array.from({ length: 100 }, (_, at) => SRV(`h${at}.test`));
    expect(await found({ host: "many.test" }, server({}, { "_sip._udp.many.test": many }))).toHaveLength(16);
  });

  test("is not looked up if there is nothing to find", async () => {
    const records = server({}, {});
    await found({ host: "192.0.2.1" }, records);
    await found({ host: "t.test", port: 5060 }, records);
    expect(records.asked).toEqual([]);
  });
});

test("among records of one priority the heavier come first more often, by their weight", () => {
  const two = [SRV("light", 1, 1, 10), SRV("heavy", 1, 1, 90)];
  const first = (at: number): string | undefined => inOrder(two, () => at)[0]?.name;
  const heavy = Array.from({ length: 1_000 }, (_, at) => first((at + 0.5) / 1_000)).filter((name) => name === "heavy");
  expect(heavy).toHaveLength(900);
});

test("every record comes once, whatever chance says", () => {
  const records = [SRV("a", 1, 1, 0), SRV("b", 1, 1, 0), SRV("c", 1, 2, 5), SRV("d", 1, 1, 7)];
  for (const at of [0, 0.3, 0.999]) {
    const names = inOrder(records, () => at).map(({ name }) => name);
    expect(names.toSorted()).toEqual(["a", "b", "c", "d"]);
    expect(names.at(-1)).toBe("c");
  }
});
