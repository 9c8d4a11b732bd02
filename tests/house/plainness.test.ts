/** Rules for pure folders, and for every file. */
import { describe, expect, test } from "bun:test";
import { isBuiltin } from "node:module";
import { FOLDERS, filesOf, sources, textOf } from "../support/sources.ts";
import { importsOf, namesOf, tokensOf } from "../support/tokens.ts";

const PURE = ["protocol", "machines", "journal"];

/** Names not allowed in a pure file: clock, randomness, process, socket, log, and deferred execution. */
const IMPURE = new Set(
  `Date performance setTimeout setInterval setImmediate queueMicrotask process Bun Deno console fetch WebSocket
   globalThis require eval Temporal`.split(/\s+/),
);

/** Impure names in a text: globals, randomness (a local `crypto` is SDP's), and runtime modules. */
function impureIn(text: string): string[] {
  const names = namesOf(text).filter((name) => IMPURE.has(name));
  const chance = tokensOf(text)
    .map((token) => token.text)
    .join("")
    .match(/\bMath\.random|\bcrypto\.(?:random|getRandom|subtle)/g);
  return [...names, ...(chance ?? []), ...importsOf(text).filter((path) => path === "?" || isBuiltin(path))];
}

describe("purity", () => {
  test.each([...FOLDERS.filter((folder) => PURE.includes(folder)).flatMap(filesOf)])(
    "%s has no clock, chance, socket or log",
    (file) => {
      expect(impureIn(textOf(file))).toEqual([]);
    },
  );

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
  test.each(sources)("%s says at its head what it is", (file) => {
    expect(textOf(file).trimStart()).toStartWith("/**");
  });

  test("nothing unfinished, nothing unsaid", () => {
    const marks = sources.filter((file) =>
      /\bTODO\b|\bFIXME\b|\bXXX\b|@ts-ignore|@ts-expect-error|: any\b|as any\b/.test(textOf(file)),
    );
    expect(marks).toEqual([]);
  });

  test("no file re-exports another", () => {
    expect(sources.filter((file) => /^export \* from|^export \{[^}]*\} from/m.test(textOf(file)))).toEqual([]);
  });
});
