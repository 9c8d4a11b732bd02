/** The transaction charts against RFC 3261 §17 and RFC 6026, and their two interpreters against each other. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { inviteClient } from "../../../machines/transactions/invite-client.ts";
import { inviteServer } from "../../../machines/transactions/invite-server.ts";
import { requestClient } from "../../../machines/transactions/request-client.ts";
import { requestServer } from "../../../machines/transactions/request-server.ts";
import {
  beginTiming,
  delays,
  type TransactionChart,
  type TransactionDelay,
  type TransactionEvent,
} from "../../../machines/transactions/transaction.ts";
import { type Running, runTable, runXState, walksOf } from "../../support/transaction.ts";

const charts: readonly TransactionChart[] = [inviteClient, inviteServer, requestClient, requestServer];
const wires = [
  ["UDP", false],
  ["TCP", true],
] as const;

/** Plays "event", "after <delay>" (time passes until it has ended) and "wait <ms>" steps. */
async function play(running: Running, chart: TransactionChart, steps: readonly string[], reliable: boolean) {
  const states: string[] = [];
  let entered = running.clock.now();
  for (const step of steps) {
    const before = running.state();
    const after = /^after (.*)$/.exec(step)?.[1];
    const wait = /^wait (.*)$/.exec(step)?.[1];
    if (after !== undefined)
      await running.clock.advance(Math.max(0, entered + spanOf(chart, before, after) - running.clock.now()));
    else if (wait !== undefined) await running.clock.advance(Number(wait));
    else running.tell(step as TransactionEvent);
    if (running.state() !== before) entered = running.clock.now();
    states.push(running.state());
  }
  return { states, effects: running.effects, reliable };
}

/** Long enough for the delay to end: each of them is shorter than 64*T1 but those that linger. */
function spanOf(chart: TransactionChart, state: string, name: string): number {
  const alone = Object.keys(chart.states[state]?.after ?? {}).length === 1;
  const repeats = chart.states[state]?.after?.[name as TransactionDelay]?.reenter === true;
  return repeats ? 500 : alone || name.startsWith("Timer") ? 32_000 : 500;
}

describe("the table interpreter and XState agree", () => {
  for (const chart of charts)
    for (const [wire, reliable] of wires)
      for (const walk of walksOf(chart))
        test(`${chart.id} over ${wire}: ${walk.join(" → ")}`, async () => {
          const table = await play(runTable(chart, reliable), chart, walk, reliable);
          expect(table).toEqual(await play(runXState(chart, reliable), chart, walk, reliable));
          if (!reliable) expect(table.states.at(-1)).toBe("terminated");
        });

  test.each(charts.flatMap((chart) => wires.map(([wire, reliable]) => [chart.id, wire, chart, reliable] as const)))(
    "%s over %s, whatever happens whenever",
    async (_id, _wire, chart, reliable) => {
      const heard = Object.values(chart.states).flatMap((state) => Object.keys(state.on ?? {}));
      const step = fc.oneof(
        fc.constantFrom(...heard),
        fc.integer({ min: 0, max: 9_000 }).map((span) => `wait ${span}`),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const table = await play(runTable(chart, reliable), chart, steps, reliable);
          expect(table).toEqual(await play(runXState(chart, reliable), chart, steps, reliable));
        }),
        { numRuns: 60, seed: 3261 },
      );
    },
  );
});

describe("over UDP", () => {
  test.each([
    [
      "INVITE is retransmitted after T1, 2*T1, 4*T1 … and given up after 64*T1: Timers A and B (§17.1.1.2)",
      inviteClient,
      ["wait 40000"],
      [0, 500, 1500, 3500, 7500, 15500, 31500]
        .map((at) => `${at} send the request`)
        .concat("32000 tell the user (timeout)"),
    ],
    [
      "a provisional response ends the retransmissions of INVITE (§17.1.1.2)",
      inviteClient,
      ["wait 600", "response.provisional", "wait 200000"],
      ["0 send the request", "500 send the request", "600 tell the user"],
    ],
    [
      "each 300-699 is acknowledged, and passed up once: Timer D (§17.1.1.2)",
      inviteClient,
      ["response.failure", "wait 31000", "response.failure", "wait 1000", "response.failure"],
      ["0 send the request", "0 send ACK", "0 tell the user", "31000 send ACK"],
    ],
    [
      "each 2xx is passed up for 64*T1 after the first: Timer M (RFC 6026 §7.2)",
      inviteClient,
      ["wait 100", "response.success", "wait 31900", "response.success", "wait 400", "response.success"],
      ["0 send the request", "100 tell the user", "32000 tell the user"],
    ],
    [
      "without a final response for 64*T1 after CANCEL the INVITE is given up (§9.1)",
      inviteClient,
      ["response.provisional", "wait 60000", "cancel", "wait 40000"],
      ["0 send the request", "0 tell the user", "92000 tell the user (timeout)"],
    ],
    [
      "another request is retransmitted with a pause that doubles up to T2: Timers E and F (§17.1.2.2)",
      requestClient,
      ["wait 40000"],
      [0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]
        .map((at) => `${at} send the request`)
        .concat("32000 tell the user (timeout)"),
    ],
    [
      "after a provisional response the pause is T2 (§17.1.2.2)",
      requestClient,
      ["wait 600", "response.provisional", "wait 9000", "response.success", "wait 100", "response.success"],
      [
        "0 send the request",
        "500 send the request",
        "600 tell the user",
        "1500 send the request",
        "5500 send the request",
        "9500 send the request",
        "9600 tell the user",
      ],
    ],
    [
      "100 Trying is sent after 200 ms, and again when INVITE comes again (§17.2.1)",
      inviteServer,
      ["wait 500", "request"],
      ["200 send 100 Trying", "500 send the last response"],
    ],
    [
      "no 100 Trying is sent when the user has answered before (§17.2.1)",
      inviteServer,
      ["wait 199", "response.provisional", "wait 1000"],
      ["199 send the response"],
    ],
    [
      "2xx is repeated, T1 doubling to T2, until ACK, of which the user hears once (§13.3.1.4)",
      inviteServer,
      ["response.success", "wait 8000", "ack", "wait 100", "ack", "request", "wait 30000"],
      [
        "0 send the response",
        ...[500, 1500, 3500, 7500].map((at) => `${at} send the last response`),
        "8000 tell the user (ACK)",
      ],
    ],
    [
      "without ACK to its 2xx for 64*T1 the user is told (§13.3.1.4)",
      inviteServer,
      ["response.success", "wait 40000"],
      [
        "0 send the response",
        ...[500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500].map(
          (at) => `${at} send the last response`,
        ),
        "32000 tell the user (no ACK)",
      ],
    ],
    [
      "a refusal is repeated until ACK: Timer G (§17.2.1)",
      inviteServer,
      ["response.failure", "wait 1600", "request", "ack", "request", "wait 4900", "ack", "wait 200"],
      [
        "0 send the response",
        "500 send the last response",
        "1500 send the last response",
        "1600 send the last response",
      ],
    ],
    [
      "a request that comes again is answered again for 64*T1: Timer J (§17.2.2)",
      requestServer,
      ["request", "response.success", "wait 31999", "request", "wait 1", "request"],
      ["0 send the response", "31999 send the last response"],
    ],
  ] as [string, TransactionChart, string[], string[]][])("%s", async (_name, chart, steps, effects) => {
    expect((await play(runTable(chart, false), chart, steps, false)).effects).toEqual(effects);
  });
});

describe("over TCP", () => {
  test.each([
    [
      "INVITE is sent once (§17.1.1.2)",
      inviteClient,
      ["wait 40000"],
      ["0 send the request", "32000 tell the user (timeout)"],
    ],
    [
      "another request is sent once (§17.1.2.2)",
      requestClient,
      ["wait 40000"],
      ["0 send the request", "32000 tell the user (timeout)"],
    ],
    ["a refusal is sent once (§17.2.1)", inviteServer, ["response.failure", "wait 40000"], ["0 send the response"]],
    [
      "2xx is repeated all the same: it has to cross hops that are not TCP (§13.3.1.4)",
      inviteServer,
      ["response.success", "wait 1600", "ack"],
      ["0 send the response", "500 send the last response", "1500 send the last response", "1600 tell the user (ACK)"],
    ],
  ] as [string, TransactionChart, string[], string[]][])("%s", async (_name, chart, steps, effects) => {
    expect((await play(runTable(chart, true), chart, steps, true)).effects).toEqual(effects);
  });

  test.each([
    [inviteClient, ["response.failure"]],
    [requestClient, ["response.success"]],
    [requestServer, ["response.success"]],
    [inviteServer, ["response.failure", "ack"]],
  ] as [TransactionChart, string[]][])("nothing lingers: Timers D, K, J and I are zero (%#)", async (chart, steps) => {
    expect((await play(runTable(chart, true), chart, [...steps, "wait 0"], true)).states.at(-1)).toBe("terminated");
  });
});

describe("the charts", () => {
  test.each(charts.map((chart) => [chart.id, chart] as const))(
    "%s names only states it has, and reaches each",
    (_id, chart) => {
      const targets = Object.values(chart.states).flatMap((state) =>
        Object.values({ ...state.on, ...state.after }).flatMap((step) => step.target ?? []),
      );
      expect([...new Set([chart.initial, ...targets])].sort()).toEqual(Object.keys(chart.states).sort());
    },
  );

  test("the fixed timers have the values of table 4 (RFC 3261 appendix A)", () => {
    const values = (reliable: boolean) =>
      (
        ["Timer D", "Timer I", "Timer J", "Timer K", "Timer L", "Timer M", "Timer B", "Timer F", "Timer H"] as const
      ).map((name) => delays[name](beginTiming(reliable, 0), 0));
    expect(values(false)).toEqual([32_000, 5_000, 32_000, 5_000, 32_000, 32_000, 32_000, 32_000, 32_000]);
    expect(values(true)).toEqual([0, 0, 0, 0, 32_000, 32_000, 32_000, 32_000, 32_000]);
  });
});
