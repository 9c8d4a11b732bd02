/** Who may import whom, and what the pure folders keep out. */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

const root = join(import.meta.dir, "../..");
const FOLDERS = ["protocol", "machines", "transports", "actors", "web", "examples"] as const;
const MAY: Readonly<Record<(typeof FOLDERS)[number], readonly string[]>> = {
  protocol: [],
  machines: ["protocol"],
  transports: [],
  actors: ["protocol", "machines", "transports"],
  web: ["machines", "protocol"],
  examples: ["protocol", "machines", "transports", "actors", "web"],
};

const files = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".ts"))
    .map((name) => posix.join(folder, name));
const textOf = (file: string): string => readFileSync(join(root, file), "utf8");
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
const importsOf = (file: string): string[] =>
  [...textOf(file).matchAll(/from "([^"]+)"/g)].map((found) => found[1] ?? "");

describe("imports", () => {
  test.each(FOLDERS.flatMap((folder) => files(folder).map((file) => [folder, file] as const)))(
    "%s: %s",
    (folder, file) => {
      const ours = importsOf(file).filter((path) => path.startsWith("."));
      const folders = ours.map((path) => posix.normalize(posix.join(posix.dirname(file), path)).split("/")[0] ?? "");
      const foreign = folders.filter((each) => each !== folder && !MAY[folder].includes(each));
      expect(foreign).toEqual([]);
    },
  );

  test("hono is the web's alone", () => {
    const others = FOLDERS.filter((folder) => folder !== "web").flatMap(files);
    expect(others.filter((file) => importsOf(file).some((path) => path.includes("hono")))).toEqual([]);
  });

  test("transports know nothing of SIP, XMPP or XState", () => {
    const known = files("transports").filter((file) => importsOf(file).some((path) => /xmpp|xstate|sdp/.test(path)));
    expect(known).toEqual([]);
  });
});

describe("purity", () => {
  const IMPURE =
    /\bDate\.now|\bnew Date\b|\bperformance\b|\bsetTimeout\b|\bsetInterval\b|\bMath\.random\b|\bcrypto\.(?:random|getRandom|subtle)|\bconsole\b|\bprocess\.|\bfetch\b|from "node:/;

  test.each([...files("protocol"), ...files("machines")])("%s has no clock, chance, socket or log", (file) => {
    expect(IMPURE.exec(withoutComments(textOf(file)))?.[0]).toBeUndefined();
  });
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
