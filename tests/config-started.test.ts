/** How this program is started once more, on each runtime. */
import { expect, test } from "bun:test";
import { commandOf } from "../config/started.ts";

const MAIN = "/opt/carillon/main.ts";

// proves: V21
test.each([
  ["Bun", { bun: "1" }, "/usr/bin/bun", MAIN, [], ["/usr/bin/bun", MAIN]],
  ["Deno", { deno: "2" }, "/usr/bin/deno", MAIN, [], ["/usr/bin/deno", "run", "-A", MAIN]],
  [
    "Node with an option of its own",
    { node: "24" },
    "/usr/bin/node",
    MAIN,
    ["--inspect"],
    ["/usr/bin/node", "--inspect", MAIN],
  ],
  ["compiled", { bun: "1" }, "/usr/local/bin/carillon", "/$bunfs/root/carillon", [], ["/usr/local/bin/carillon"]],
] as const)("on %s", (_, versions, execPath, script, execArgv, command) => {
  expect(commandOf({ argv: [execPath, script], execPath, execArgv, versions })).toEqual([...command]);
});
