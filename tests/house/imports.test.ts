/** Who may import whom, and what the pure folders keep out. */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix } from "node:path";
import { importsOf, namesOf, tokensOf } from "../support/tokens.ts";

const root = join(import.meta.dir, "../..");
const FOLDERS = [
  "config",
  "protocol",
  "machines",
  "transports",
  "actors",
  "web",
  "examples",
  "bench",
  "integrations",
  "docs",
] as const;
const INSIDE = ["protocol", "machines", "transports", "actors", "web"];
const MAY: Readonly<Record<(typeof FOLDERS)[number], readonly string[]>> = {
  config: ["config.ts"],
  protocol: [],
  machines: ["protocol"],
  transports: [],
  actors: ["protocol", "machines", "transports"],
  web: ["machines", "protocol"],
  examples: INSIDE,
  bench: [...INSIDE, "config.ts"],
  integrations: [],
  docs: ["machines", "web"],
};
/** What the entry and its options may import; nobody imports tests. */
const ROOTS: Readonly<Record<string, readonly string[]>> = {
  "main.ts": [...INSIDE, "config.ts", "config"],
  "config.ts": ["config", "protocol"],
};

const files = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".ts"))
    .map((name) => posix.join(folder, name));
const textOf = (file: string): string => readFileSync(join(root, file), "utf8");
const lookedAt = [...FOLDERS.flatMap((folder) => files(folder)), ...Object.keys(ROOTS)];

/** Which folders a text imports from that it may not. */
function foreignTo(file: string, text: string): string[] {
  const folder = file.split("/")[0] ?? "";
  const may = ROOTS[file] ?? MAY[folder as (typeof FOLDERS)[number]];
  const ours = importsOf(text).filter((path) => path.startsWith(".") || path === "?");
  return ours
    .map((path) => (path === "?" ? path : (posix.join(posix.dirname(file), path).split("/")[0] ?? "")))
    .filter((each) => each !== folder && !may.includes(each));
}

/** What a pure file may not name: clock, chance, process, socket, log, and what comes later. */
const IMPURE = new Set(
  `Date performance setTimeout setInterval setImmediate queueMicrotask process Bun Deno console fetch WebSocket
   globalThis require eval Temporal`.split(/\s+/),
);

/** What keeps a text from being pure: names, chance (a local `crypto` is SDP's), and what the runtimes bring. */
function impureIn(text: string): string[] {
  const names = namesOf(text).filter((name) => IMPURE.has(name));
  const chance = tokensOf(text)
    .map((token) => token.text)
    .join("")
    .match(/\bMath\.random|\bcrypto\.(?:random|getRandom|subtle)/g);
  return [...names, ...(chance ?? []), ...importsOf(text).filter((path) => path === "?" || isBuiltin(path))];
}

describe("imports", () => {
  test.each(lookedAt)("%s imports what it may", (file) => {
    expect(foreignTo(file, textOf(file))).toEqual([]);
  });

  test.each([
    ["for its effects", 'import "../actors/log.ts";'],
    ["when it runs", 'const log = await import("../actors/log.ts");'],
    ["when it runs, whatever it may be", "const log = await import(`../$` + name);"],
    ["to give it on", 'export { log } from "../actors/log.ts";'],
    ["as a type", 'import type { Log } from "../actors/log.ts";'],
    ["as a type in passing", 'let log: import("../actors/log.ts").Log;'],
    ["a test", 'import { wire } from "../tests/support/wire.ts";'],
    ["the entry", 'import "../main.ts";'],
  ])("a foreign one is found: %s", (_, text) => {
    expect(foreignTo("protocol/sip.ts", text)).toHaveLength(1);
  });

  test("hono is the web's alone", () => {
    const others = FOLDERS.filter((folder) => folder !== "web").flatMap(files);
    expect(others.filter((file) => importsOf(textOf(file)).some((path) => path.includes("hono")))).toEqual([]);
  });

  test("transports know nothing of SIP, XMPP or XState", () => {
    const known = files("transports").filter((file) =>
      importsOf(textOf(file)).some((path) => /xmpp|xstate|sdp/.test(path)),
    );
    expect(known).toEqual([]);
  });
});

describe("purity", () => {
  test.each([...files("protocol"), ...files("machines")])("%s has no clock, chance, socket or log", (file) => {
    expect(impureIn(textOf(file))).toEqual([]);
  });

  test.each([
    "Date()",
    "new Date(0)",
    "`at $" + "{Date.now()}`",
    "const now = Date.now;",
    "queueMicrotask(next)",
    "setTimeout(next, 1)",
    "yes ? process.env : no",
    "Bun.file(name)",
    "Math.random()",
    "Math . random()",
    "crypto.randomUUID()",
    "globalThis.fetch(url)",
    'import { createHash } from "node:crypto";',
    'import "node:fs";',
    'await import("node:net")',
    'export { connect } from "node:net";',
    'require("net")',
  ])("is lost by %s", (text) => {
    expect(impureIn(text).length).toBeGreaterThan(0);
  });

  test.each(["// Date.now()", "\"Date\" + 'process'", "timers.setTimeout", "({ process: 1 })", "/Date/.test(text)"])(
    "is kept by %s",
    (text) => {
      expect(impureIn(text)).toEqual([]);
    },
  );
});

describe("plainness", () => {
  const ours = [...FOLDERS.flatMap(files), "main.ts", "config.ts"];

  test.each(ours)("%s says at its head what it is", (file) => {
    expect(textOf(file).trimStart()).toStartWith("/**");
  });

  test("nothing unfinished, nothing unsaid", () => {
    const marks = ours.filter((file) =>
      /\bTODO\b|\bFIXME\b|\bXXX\b|@ts-ignore|@ts-expect-error|: any\b|as any\b/.test(textOf(file)),
    );
    expect(marks).toEqual([]);
  });

  test("no file re-exports another", () => {
    expect(ours.filter((file) => /^export \* from|^export \{[^}]*\} from/m.test(textOf(file)))).toEqual([]);
  });
});
