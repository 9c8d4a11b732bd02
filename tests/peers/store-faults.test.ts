/** A store that fails, for a real process: its disk is full, its file is not ours, or not to be read. docs/faults.md says what becomes of each. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DiskStore } from "../../actors/store/disk.ts";
import { aliceOffers, bobOffers } from "../../examples/sessions.ts";
import { type Alice, aliceToml, startAlice } from "../support/alice.ts";
import { type Bob, startBob } from "../support/bob.ts";
import { changed, changedAll } from "../support/changed.ts";
import { fill, smallDisk } from "../support/disk.ts";
import { makeFolder, removeFolder } from "../support/folders.ts";
import { type GatewayProcess, healthy, runMain, startGateway } from "../support/gateway-process.ts";
import { hasLogged } from "../support/has-logged.ts";
import { freePort } from "../support/ports.ts";

const BOB = "bob@sip.example.org";
const lacks = process.getuid?.() === 0 ? undefined : "root is needed";

let alice: Alice;
let bob: Bob;
let folder: string;
let store: string;
let port: number;

beforeEach(async () => {
  [alice, bob] = await Promise.all([startAlice(), startBob()]);
  folder = makeFolder("store");
  store = join(folder, "calls.db");
  port = await freePort();
});
afterEach(async () => {
  await Promise.all([alice.close(), bob.phone.close()]);
  removeFolder(folder);
});

/** What is restored is at the port that its peers know. */
const toml = (at = port, file = store): string =>
  aliceToml(alice.port, bob.phone.port, { listenPort: at, tables: `[calls]\nstore = "${file}"` });

async function start(file = store): Promise<GatewayProcess> {
  const gateway = await startGateway(toml(port, file));
  bob.phone.gatewayPort = gateway.sipPort;
  await healthy(gateway);
  alice.comesOnline();
  return gateway;
}

async function aliceTalks(sid: string): Promise<void> {
  alice.says(BOB, "session-initiate", sid, aliceOffers("actpass"));
  bob.phone.respond(await bob.request("INVITE", sid), 200, bobOffers("active"));
  await alice.hears("session-accept", sid);
  await bob.request("ACK", sid);
}

async function aliceHangsUp(sid: string): Promise<void> {
  alice.says(BOB, "session-terminate", sid, "<reason><success/></reason>");
  bob.phone.respond(await bob.request("BYE", sid), 200);
}

/** Kills it, and brings what it has appended to its log into the table. */
async function kill(gateway: GatewayProcess): Promise<void> {
  process.kill(gateway.pid, "SIGKILL");
  await gateway.exited;
  await new DiskStore(store).close();
}

/** Adds a row to the store. */
function withRow(id: string, text: string): void {
  withRows([[id, text]]);
}

/** In one transaction, since each is synced to disk. */
function withRows(added: readonly (readonly [id: string, text: string])[]): void {
  inStore((database) => {
    const insert = database.prepare("INSERT INTO saved (seat, id, revision, text) VALUES ('', ?, 1, ?)");
    database.exec("BEGIN");
    for (const row of added) insert.run(...row);
    database.exec("COMMIT");
  });
}

function inStore<Result>(run: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(store);
  try {
    return run(database);
  } finally {
    database.close();
  }
}

const rows = (): unknown[] => inStore((database) => database.prepare("SELECT id FROM saved").all()).map(({ id }) => id);

describe("a gateway does not start, and says so in a line, where its store", () => {
  const refused = async (why: string): Promise<void> => {
    const { code, error } = await runMain([], toml(await freePort()));
    expect([code, error]).toEqual([1, `carillon: [calls] store ${store}: ${why}`]);
  };

  test("is no database", async () => {
    writeFileSync(store, "calls, calls, calls\n".repeat(100));
    await refused("file is not a database");
  });

  test("is of a newer version", async () => {
    const database = new DatabaseSync(store);
    database.exec("PRAGMA user_version = 99");
    database.close();
    await refused("it was written by a newer version of Carillon");
  });

  test("has calls of a newer version, which stay there", async () => {
    await (await start()).stop();
    withRow("newer", '{"version":99}');
    const { code, error } = await runMain([], toml(await freePort()));
    const why = "[calls] store has calls of a newer version of Carillon: start that version, or use another file";
    expect([code, error]).toEqual([1, `carillon: ${why}`]);
    expect(rows()).toEqual(["newer"]);
  });

  test("is another gateway's, whose calls go on", async () => {
    const other = await start();
    await aliceTalks("other");
    await refused("it is in use by another process");
    await aliceHangsUp("other");
    expect(await other.stop()).toBe(0);
  });
});

test("a call that cannot be read is logged and removed", async () => {
  await (await start()).stop();
  withRow("x", '{"half":');
  const gateway = await start();
  await hasLogged(gateway, '"store.unreadable"');
  await aliceTalks("later");
  await aliceHangsUp("later");
  expect(await gateway.stop()).toBe(0);
  expect(rows()).not.toContain("x");
});

/** A saved call as JSON, to be changed. */
type Row = Record<string, unknown> & { chart: Record<string, unknown>; phone: Record<string, unknown> };

/** Records that are no calls, made of one that is. */
const HOSTILE: readonly (readonly [what: string, text: (good: string, row: Row) => string])[] = [
  ["nothing", () => ""],
  ["half of it", (good) => good.slice(0, good.length / 2)],
  ["not JSON", (good) => changed(good, '"localSeq":1', '"localSeq":NaN')],
  ["no object", () => "null"],
  ["a list", (good) => `[${good}]`],
  ["a version that is a text", (good) => changed(good, '"version":3', '"version":"3"')],
  ["a version that never was", (good) => changed(good, '"version":3', '"version":-1')],
  ["a version between two", (good) => changed(good, '"version":3', '"version":2.5')],
  ["10 MB", (_, row) => JSON.stringify({ ...row, more: "x".repeat(10_000_000) })],
  ["a number for a name", (_, row) => JSON.stringify({ ...row, side: 7 })],
  ["a state that is not", (_, row) => JSON.stringify({ ...row, chart: { ...row.chart, value: "flying" } })],
  ["a state of a prototype", (_, row) => JSON.stringify({ ...row, chart: { ...row.chart, value: "constructor" } })],
  ["no context", (_, row) => JSON.stringify({ ...row, chart: { ...row.chart, context: null } })],
  [
    "a context by its prototype",
    (good) => changed(changed(good, '"context":{', '"context":{"__proto__":{'), '},"delays"', '}},"delays"'),
  ],
  ["devices that are numbers", (good) => changed(good, /"devices":\[[^\]]*\]/, '"devices":[1]')],
  ["a CSeq that none can be", (good) => changed(good, '"localSeq":1', '"localSeq":-5')],
  ["a CSeq of a float", (good) => changed(good, '"localSeq":1', '"localSeq":1e300')],
  ["a fork of another dialog", (good) => changed(good, /("forks":\[.*?"callId":)"[^"]*"/, '$1"other"')],
  ["a chosen fork that is not there", (_, row) => JSON.stringify({ ...row, phone: { ...row.phone, chosen: "gone" } })],
  ["another call's id", (good) => good],
];

test("records that are no calls are refused with a line each, and the call among them goes on", async () => {
  const first = await start();
  await aliceTalks("good");
  await kill(first);
  const [id, good] = inStore((database) => Object.values(database.prepare("SELECT id, text FROM saved").get() ?? {}));
  const made = HOSTILE.map(([what, text]): [string, string] => {
    const named = what === "another call's id" ? String(good) : changedAll(String(good), String(id), what);
    return [what, text(named, JSON.parse(named))];
  });
  withRows([...made, [String(id), '{"a second one":']]);
  inStore((database) => database.exec(`UPDATE saved SET revision = 9e18 WHERE id = 'half of it'`));
  inStore((database) => database.exec(`UPDATE saved SET text = x'00ff' WHERE id = 'nothing'`));
  const gateway = await start();
  await hasLogged(gateway, '"calls.restored"');
  const refused = gateway
    .log()
    .split("\n")
    .filter((line) => line.includes('"store.unreadable"'))
    .map((line) => JSON.parse(line).id);
  expect(refused.toSorted()).toEqual([...HOSTILE.map(([what]) => what), String(id)].toSorted());
  expect(gateway.log()).toContain('"calls":1,"living":1');
  await kill(gateway);
  const known = new Set(HOSTILE.map(([what]) => what));
  expect(rows().filter((row) => known.has(String(row)))).toEqual([]);
});

test.skipIf(lacks !== undefined)(
  "its disk is full: calls go on, and are saved when there is room again, so that a kill ends none",
  async () => {
    const disk = smallDisk(join(folder, "disk"), 256);
    try {
      const gateway = await start(join(disk.path, "calls.db"));
      const room = fill(disk.path);
      await aliceTalks("full");
      await hasLogged(gateway, '"store.failed"');
      await aliceTalks("also");
      await aliceHangsUp("also");
      room();
      await hasLogged(gateway, '"store.written"');
      process.kill(gateway.pid, "SIGKILL");
      await gateway.exited;
      const next = await start(join(disk.path, "calls.db"));
      await hasLogged(next, '"calls.restored"');
      await aliceHangsUp("full");
      expect(await next.stop()).toBe(0);
    } finally {
      disk.leave();
    }
  },
);

test.skipIf(lacks !== undefined)("a log that has no room for the next one goes on, until there is room", async () => {
  const disk = smallDisk(join(folder, "disk"), 256);
  const saved = new DiskStore(join(disk.path, "calls.db"), "", { full: 200 });
  const write = (id: string): unknown => saved.write(new Map([[id, "x".repeat(300)]]), new Set(), new Map());
  const logs = (): string[] => readdirSync(disk.path).filter((name) => name.includes("-log"));
  try {
    await saved.load();
    const room = fill(disk.path);
    // both fit into the page of the log that is there
    expect([write("a"), write("b"), logs()]).toEqual(["ok", "ok", ["calls.db-log1"]]);
    room();
    expect([write("c"), logs()]).toEqual(["ok", expect.arrayContaining(["calls.db-log0"])]);
    expect((await saved.load()).saved.map(({ id }) => id).toSorted()).toEqual(["a", "b", "c"]);
  } finally {
    await saved.close();
    disk.leave();
  }
});
