/** Host names made addresses: asked once at a time, remembered for a while, in the order in which they are tried. */
import { describe, expect, test } from "bun:test";
import { Hosts, inTime } from "../../actors/hosts.ts";
import { createClock } from "../../replay/clock.ts";

function hosts(answers: Record<string, readonly string[]>) {
  const clock = createClock();
  const asked: string[] = [];
  const it = new Hosts((host) => {
    asked.push(host);
    const found = answers[host];
    return found ? Promise.resolve(found) : Promise.reject(new Error("ENOTFOUND"));
  }, clock);
  const find = async (host: string): Promise<readonly string[][]> => {
    const told: string[][] = [];
    it.find(host, (addresses) => void told.push([...addresses]));
    await clock.advance(1);
    return told;
  };
  return { it, clock, asked, find };
}

test("IPv4 comes first, and what is no address is left out", async () => {
  const { find } = hosts({ pbx: ["::1", "nonsense", "192.0.2.1", "2001:db8::1"] });
  expect(await find("pbx")).toEqual([["192.0.2.1", "::1", "2001:db8::1"]]);
});

test("an address is its own, and no host at all is nowhere", async () => {
  const { find, asked } = hosts({});
  expect([await find("192.0.2.9"), await find("::1"), await find(""), asked]).toEqual([
    [["192.0.2.9"]],
    [["::1"]],
    [[]],
    [],
  ]);
});

test("a look-up during an open query of the same name gets its answer", async () => {
  const { it, find, asked } = hosts({ pbx: ["192.0.2.1"] });
  const first: string[] = [];
  it.find("pbx", (addresses) => void first.push(...addresses));
  expect([await find("pbx"), first, asked]).toEqual([[["192.0.2.1"]], ["192.0.2.1"], ["pbx"]]);
});

test("what is found is good for 30 seconds, and then asked for again", async () => {
  const { clock, find, asked } = hosts({ pbx: ["192.0.2.1"] });
  await find("pbx");
  await clock.advance(29_900);
  await find("pbx");
  expect(asked).toHaveLength(1);
  await clock.advance(200);
  expect([await find("pbx"), asked.length]).toEqual([[["192.0.2.1"]], 2]);
});

test("what is not found is asked for again after two seconds", async () => {
  const { clock, find, asked } = hosts({});
  expect(await find("nowhere")).toEqual([[]]);
  await clock.advance(1_900);
  await find("nowhere");
  expect(asked).toHaveLength(1);
  await clock.advance(200);
  expect([await find("nowhere"), asked.length]).toEqual([[[]], 2]);
});

test("of more than a thousand names all are forgotten, and asked for again", async () => {
  const names = Array.from({ length: 1_001 }, (_, at) => `pbx${at}`);
  const { find, asked } = hosts(Object.fromEntries(names.map((name) => [name, ["192.0.2.1"]])));
  for (const name of names.slice(0, 1_000)) await find(name);
  await find("pbx0");
  expect(asked).toHaveLength(1_000);
  await find("pbx1000");
  await find("pbx0");
  expect(asked).toHaveLength(1_002);
});

describe("a name server that says nothing", () => {
  /** Look-ups that nobody answers until `answer` is called. */
  function silent() {
    const clock = createClock();
    const asked: ((addresses: readonly string[]) => void)[] = [];
    const silence = () => new Promise<readonly string[]>((resolve) => void asked.push(resolve));
    return { clock, asked, resolve: inTime(silence, clock) };
  }

  test("is waited for three seconds", async () => {
    const { clock, resolve } = silent();
    const told: string[] = [];
    resolve("pbx").catch((error: unknown) => void told.push(String(error)));
    await clock.advance(2_999);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(told).toEqual(["Error: the name server has not answered within 3000 ms"]);
  });

  test("is not asked the same again, and may still answer", async () => {
    const { clock, asked, resolve } = silent();
    resolve("pbx").catch(() => {});
    await clock.advance(4_000);
    const again = resolve("pbx");
    asked[0]?.(["192.0.2.1"]);
    expect([await again, asked.length]).toEqual([["192.0.2.1"], 1]);
    await clock.advance(0);
    expect(clock.armed).toBe(0);
  });

  test("leaves a name that was never known without addresses, in three seconds", async () => {
    const { clock, resolve } = silent();
    const told: string[][] = [];
    new Hosts(resolve, clock).find("pbx", (addresses) => void told.push([...addresses]));
    await clock.advance(2_999);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(told).toEqual([[]]);
  });

  test("takes no addresses away: the old ones go on after a quarter of a second, and then at once", async () => {
    const { clock, asked, resolve } = silent();
    const it = new Hosts(resolve, clock);
    const told: string[][] = [];
    const find = (): void => it.find("pbx", (addresses) => void told.push([...addresses]));
    find();
    await clock.advance(0);
    asked[0]?.(["192.0.2.1"]);
    await clock.advance(30_001);
    find();
    await clock.advance(249);
    expect(told).toHaveLength(1);
    await clock.advance(1);
    expect(told).toHaveLength(2);
    find();
    expect(told).toEqual([["192.0.2.1"], ["192.0.2.1"], ["192.0.2.1"]]);
    await clock.advance(10_000);
    find();
    await clock.advance(250);
    expect(told).toHaveLength(4);
    asked[1]?.(["192.0.2.2"]);
    await clock.advance(0);
    find();
    expect(told.at(-1)).toEqual(["192.0.2.2"]);
  });
});
