/**
 * npm run demo [-- --once] [--full]
 *
 * Calls through a whole gateway on real loopback sockets; needs only Node and npm. Three calls first: alice's XMPP client calls
 * bob's phone, bob's phone calls alice, and bob rejects a call. Prints the ladder of each, message by message, with the states of
 * the call's chart; `--full` prints whole messages. Exits 1 with a line if one of them does not end as expected.
 * Then a town makes calls (scenes.ts), shown live on the page, until Ctrl+C; `--once` skips the town.
 */
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { systemClock } from "../actors/clock.ts";
import type { LogEvent } from "../actors/log.ts";
import { watchAll } from "../actors/watch-all.ts";
import { Journal } from "../journal/journal.ts";
import { connectTcp, listenTcp } from "../transports/tcp.ts";
import { openUdp } from "../transports/udp.ts";
import { Metrics } from "../web/metrics.ts";
import { Ladder } from "./ladder.ts";
import type { Line } from "./script.ts";
import { Stage } from "./stage.ts";
import { Town } from "./town.ts";
import { openWindow, USUAL_PORT } from "./window.ts";

/** Budget of the journal in bytes. */
const JOURNAL = 64 * 2 ** 20;
const ALICE = { jid: "alice@example.org/laptop", phone: { name: "Bob", number: "bob" } };

interface First {
  readonly title: string;
  readonly id: string;
  readonly says: readonly Line[];
  /** Labels expected on the ladder after both sides have ended. */
  readonly ends: readonly string[];
}

const FIRST: readonly First[] = [
  {
    title: "alice calls bob; bob hangs up",
    id: "first-call",
    says: ["user calls", "phone rings", 200, "phone answers", 200, "phone hangs up"],
    ends: ["200 OK (BYE)", "session-terminate (success)"],
  },
  {
    title: "bob calls alice; alice hangs up",
    id: "second-call",
    says: ["phone calls", 200, "user accepts", 200, "user hangs up"],
    ends: ["result (session-terminate)", "200 OK (BYE)"],
  },
  {
    title: "alice calls bob; bob rejects",
    id: "third-call",
    says: ["user calls", "phone is busy"],
    ends: ["486 Busy Here (INVITE)", "session-terminate (decline)"],
  },
];

const { once, full } = options();
const ladder = new Ladder(console.log, full);
const journal = new Journal({ now: () => systemClock.now(), budget: JOURNAL });
const metrics: Metrics = new Metrics(() => stage.gateway.gauges);
const random = (): string => randomUUID().replaceAll("-", "");
const sockets = { udp: openUdp, listen: listenTcp, connect: connectTcp };
const stage: Stage = await Stage.open({
  ...{ clock: systemClock, chance: Math.random, random, log, watch: watchAll([journal, metrics]) },
  ...{ gateway: ladder.tapped(sockets), others: sockets },
});
await stage.start();
for (const first of FIRST) await showFirst(first);
ladder.close();
if (once) {
  await stage.close();
  console.log("\nThree calls, each ended on both sides. The chart of a call: docs/charts/call.md");
  process.exit(0);
}
await showTown();

function log({ event, state }: LogEvent): void {
  if (event === "call.state") ladder.state(String(state));
  if (event === "call.ended") ladder.state("ended");
}

/** Makes a call, waits until every request is answered, and checks that it has ended on both sides as expected. */
async function showFirst({ title, id, says, ends }: First): Promise<void> {
  ladder.title(title);
  if (!(await stage.play(says, { ...ALICE, id }))) fail("the call goes on no further");
  const missing = (): string[] => ends.filter((label) => !ladder.labels.includes(label));
  const isOver = (): boolean => ladder.isQuiet && missing().length === 0;
  for (let turns = 0; !isOver() && turns < 500; turns++) await new Promise((turn) => setTimeout(turn, 10));
  if (!isOver()) fail(`the call has not ended as it should: ${missing().join(", ") || "something was not answered"}`);
}

/** Starts the town, and prints where to watch it. */
async function showTown(): Promise<void> {
  const window = await openWindow(stage.gateway, { journal, metrics, setting: () => stage.setting }, random);
  const town = new Town(stage, { clock: systemClock, chance: Math.random });
  const end = (): never => {
    town.close();
    console.log(`\n${journal.counts.calls} calls.`);
    process.exit(0);
  };
  process.once("SIGINT", end);
  void stage.gateway.stopped.then(end); // POST /api/drain
  town.open();
  if (window.port !== USUAL_PORT) console.log(`\nPort ${USUAL_PORT} is taken, so the page is at another one.`);
  console.log(
    `\nMore calls are made now, some each second. Watch them, and hang them up: ${window.link}\nCtrl+C ends it.`,
  );
}

function options(): { readonly once: boolean; readonly full: boolean } {
  try {
    const { once = false, full = false } = parseArgs({
      options: { once: { type: "boolean" }, full: { type: "boolean" } },
    }).values;
    return { once, full };
  } catch (error) {
    fail(`${error instanceof Error ? error.message : error}; usage: npm run demo [-- --once] [--full]`);
  }
}

function fail(why: string): never {
  console.error(`demo: ${why}`);
  process.exit(1);
}
