/** The demo, as a newcomer runs it. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { until } from "./support/until.ts";

const start = (...args: string[]) =>
  Bun.spawn([process.execPath, "examples/demo.ts", ...args], {
    cwd: join(import.meta.dir, ".."),
    stdout: "pipe",
    stderr: "pipe",
  });

async function demo(...args: string[]) {
  const run = start("--once", ...args);
  const [output, error] = await Promise.all([new Response(run.stdout).text(), new Response(run.stderr).text()]);
  return { code: await run.exited, output, error, calls: output.split(/^── (?=alice|bob)/m).slice(1) };
}

test("each call's answers stand in its own ladder, each with what it answers", async () => {
  const { code, error, calls } = await demo();
  expect([code, error, calls.length]).toEqual([0, "", 3]);
  const [first = "", second = "", third = ""] = calls;
  for (const label of ["session-info (ringing)", "result (session-info)", "result (session-terminate)", "200 OK (BYE)"])
    expect(first).toContain(label);
  expect(second).not.toContain("result (session-info)");
  expect(third.match(/session-terminate/g)?.length).toBe(2);
});

test("a state stands between what led to it and what the gateway sends because of it", async () => {
  const [first = ""] = (await demo()).calls;
  expect(first).toMatch(/180 Ringing(?:.|\n)*◆ outgoing\.ringing(?:.|\n)*session-info/);
  expect(first).toMatch(/BYE sip:(?:.|\n)*◆ ended(?:.|\n)*200 OK \(BYE\)/);
});

test("what a client answers at once stands below what it answers", async () => {
  const [first = "", second = ""] = (await demo()).calls;
  expect(first).toMatch(/session-info \(ringing\) ─*\n.*result \(session-info\)(?:.|\n)*200 OK \(INVITE\)/);
  expect(second).toMatch(/result \(session-initiate\) ─*▶\n *◆ incoming\.ringing\n── session-accept/);
});

test("--full prints stanzas whole, element by element", async () => {
  const { output } = await demo("--full");
  expect(output).toContain("\n      <transport ");
  expect(output).toContain("\n</iq>");
});

test("an argument that nobody knows is an error", async () => {
  const { code, error } = await demo("--bogus");
  expect(code).toBe(1);
  expect(error).toMatch(/^demo: .*--bogus.*usage: npm run demo \[-- --once\] \[--full\]\n$/);
});

test("without --once it goes on making calls, shows them at the address that it prints, and ends by Ctrl+C", async () => {
  const run = start();
  let output = "";
  for await (const piece of run.stdout) {
    output += new TextDecoder().decode(piece);
    if (output.includes("Ctrl+C ends it.")) break;
  }
  const [, address = "", token = ""] =
    /Watch them, .*: (http:\/\/127\.0\.0\.1:\d+)\/#token=(\w{12})\n/.exec(output) ?? [];
  const begun = async () => ((await (await fetch(`${address}/api/calls`)).json()) as { total: number }).total;
  await until("a call of the town", begun, (total) => total > 3);
  const { calls } = (await (await fetch(`${address}/api/calls`)).json()) as { calls: { id: string; ended?: number }[] };
  const live = calls.find(({ ended }) => ended === undefined)?.id;
  const hangUp = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${address}/api/calls/${live}`, { method: "DELETE", headers })).status;
  expect(await hangUp({})).toBe(401);
  expect(await hangUp({ authorization: `Bearer ${token}` })).toBe(204);
  run.kill("SIGINT");
  expect(await run.exited).toBe(0);
});
