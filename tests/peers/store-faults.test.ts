/** A store that fails, for a real process: its disk is full, its file is not ours, or not to be read. docs/faults.md says what becomes of each. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { aliceOffers, bobOffers } from "../../examples/sessions.ts";
import { type Alice, aliceToml, startAlice } from "../support/alice.ts";
import { type Bob, startBob } from "../support/bob.ts";
import { changed } from "../support/changed.ts";
import { fill, smallDisk } from "../support/disk.ts";
import { makeFolder, removeFolder } from "../support/folders.ts";
import { type GatewayProcess, healthy, runMain, startGateway } from "../support/gateway-process.ts";
import { freePort } from "../support/ports.ts";
import { until } from "../support/until.ts";

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
  `${changed(aliceToml(alice.port, bob.phone.port), "listen_port = 0", `listen_port = ${at}`)}\n[calls]\nstore = "${file}"\n`;

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

/** Adds a row to the store. */
function withRow(id: string, text: string): void {
  const database = new DatabaseSync(store);
  database.prepare("INSERT INTO saved (seat, id, revision, text) VALUES ('', ?, 1, ?)").run(id, text);
  database.close();
}

function rows(): unknown[] {
  const database = new DatabaseSync(store);
  const found = database.prepare("SELECT id FROM saved").all();
  database.close();
  return found.map(({ id }) => id);
}

const hasLogged = (gateway: GatewayProcess, what: string): Promise<string> =>
  until(what, gateway.log, (log) => log.includes(what));

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
