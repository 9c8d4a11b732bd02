/** docs/migrating.md can be followed: its files are read as they stand, its options are all of the predecessor's, its links lead somewhere. */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { judge } from "../../../config/judge.ts";
import { OPTIONS } from "../../../config/options.ts";
import { readConfig } from "../../../config.ts";

const root = join(import.meta.dir, "../../..");
const guide = readFileSync(join(root, "docs/migrating.md"), "utf8");
const blocks = [...guide.matchAll(/^```toml\n(.*?)^```$/gms)].map(([, text = ""]) => text);
const ofServer = blocks.filter((text) => text.startsWith("[[listen."));
const ours = blocks.filter((text) => !ofServer.includes(text));
const SECTION = "modules.mod_jingle_sip";
const XMPP = '\n[xmpp]\nsecret = "s"\nhosts = ["example.org"]\n';
const read = (text: string) => readConfig(text.includes("[xmpp]") ? text : text + XMPP, "carillon.toml", {});

describe("the files of the guide", () => {
  test("are two of the server's, by version, and two of ours", () => {
    expect(ofServer.map((text) => text.split("\n")[0])).toEqual(["[[listen.component]]", "[[listen.service]]"]);
    expect(ours).toHaveLength(2);
  });

  test.each(ours)("are read, without a word but for the backend: %#", (text) => {
    expect(judge(read(text)).filter((line) => !line.startsWith("backend"))).toEqual([]);
  });

  test("the whole one names every option of the predecessor, and what must be said of the server", () => {
    const { jingleSip, xmpp } = read(ours[0] ?? "");
    const keys = OPTIONS.filter(({ section }) => section === SECTION).map(({ key }) => key);
    expect(keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(ours[0] ?? ""))).toEqual([]);
    expect(jingleSip).toMatchObject({
      proxyPort: 5060,
      backend: "mnesia",
      usernameToPhone: [{ username: "2000006168" }],
    });
    expect(xmpp).toMatchObject({ mode: "gateway", port: 8888, domain: "sip.example.org" });
  });

  test.each(["component", "service"])("the server's listener takes the connection that ours makes: %s", (kind) => {
    const { xmpp } = read(ours[0] ?? "");
    const text = ofServer.find((each) => each.startsWith(`[[listen.${kind}]]`)) ?? "";
    expect(parse(text)).toMatchObject({ listen: { [kind]: [{ port: xmpp.port, password: xmpp.secret }] } });
  });
});

describe("the options of the guide", () => {
  const section = guide.split("| option | default of the module |")[1]?.split("\n\n")[0] ?? "";
  const rows = [...section.matchAll(/^\| (\w+) \|[^|]*\| ([^|]*?) \|/gm)].map(([, key, here]) => [key, here]);

  test("are those of the predecessor's section, each with its default here", () => {
    const shown = (value: unknown): string => (value === undefined ? "none" : `\`${JSON.stringify(value)}\``);
    const wanted = OPTIONS.filter((option) => option.section === SECTION).map((option) => [
      option.key,
      shown(option.default),
    ]);
    expect(rows.map(([key, here]) => [key, here?.split(",")[0]])).toEqual(wanted);
  });

  test("and every other that it speaks of is one of ours", () => {
    const named = [...guide.matchAll(/`\[(sip|calls|xmpp|web)\] (\w+)/g)].map(([, table, key]) => `${table}.${key}`);
    const known = OPTIONS.map((option) => `${option.section}.${option.key}`);
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});

test.each(["docs/migrating.md", "docs/predecessor.md", "tests/vectors/predecessor/README.md"])(
  "the links of %s lead somewhere",
  (file) => {
    const text = readFileSync(join(root, file), "utf8");
    const targets = [...text.matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, target = ""]) =>
      join(root, file, "..", target),
    );
    expect(targets.filter((target) => !existsSync(target))).toEqual([]);
  },
);
