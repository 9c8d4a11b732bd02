/** How this program is started once more, on each runtime. */
import { expect, test } from "bun:test";
import { commandOf } from "../../relay/spawn.ts";

const MAIN = "/opt/carillon/main.ts";

// proves: V21
test.each([
  ["Bun", { bun: "1" }, "/usr/bin/bun", [], false, ["/usr/bin/bun", MAIN]],
  ["Deno", { deno: "2" }, "/usr/bin/deno", [], false, ["/usr/bin/deno", "run", "-A", MAIN]],
  [
    "Node with an option of its own",
    { node: "24" },
    "/usr/bin/node",
    ["--inspect"],
    false,
    ["/usr/bin/node", "--inspect", MAIN],
  ],
  ["compiled", { bun: "1" }, "/usr/local/bin/carillon", [], true, ["/usr/local/bin/carillon"]],
] as const)("on %s", (_, versions, execPath, execArgv, isCompiled, command) => {
  expect(commandOf({ argv: [execPath, MAIN], execPath, execArgv, versions }, isCompiled)).toEqual([...command]);
});
