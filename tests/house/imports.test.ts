/** Permitted imports: the table of ARCHITECTURE.md, and no cycles. */
import { describe, expect, test } from "bun:test";
import { posix } from "node:path";
import {
  circlesOf,
  FOLDERS,
  filesOf,
  type Imports,
  importedBy,
  reachedFrom,
  sources,
  textOf,
} from "../support/sources.ts";

const MEDIA = ["protocol", "protocol/media"];
const PROTOCOL = [...MEDIA, "protocol/sdp", "protocol/jingle", "protocol/sip", "protocol/xmpp", "protocol/address.ts"];
const MACHINES = ["machines", "machines/call", "machines/transactions", "machines/stepper"];
const BELOW = [...PROTOCOL, ...MACHINES, "transports"];
/** The stack's ports to its users; a call may import nothing else of it. */
const PORTS = ["actors/sip/user.ts", "actors/sip/flow.ts"];
const ROOMS = ["actors/store", "actors/xmpp", "actors/phone", "actors/relay", "actors/trunks", "actors/calls"];
const ACTORS = ["actors", "actors/sip", ...ROOMS, ...PORTS];
const GATEWAY = ["actors/gateway.ts", "actors/gateway-config.ts"];
const INSIDE = [...BELOW, ...ACTORS, ...GATEWAY, "journal", "web", "web/layout", "web/api", "web/page"];

/**
 * A place is a file, or a folder without its subfolders; with the places that it may import from besides itself. A
 * file with a row of its own does not belong to its folder's row.
 */
const MAY: Readonly<Record<string, readonly string[]>> = {
  config: ["config.ts", ...PROTOCOL],
  "config.ts": ["config", ...PROTOCOL],

  protocol: ["protocol/media"],
  "protocol/media": MEDIA,
  "protocol/sdp": MEDIA,
  "protocol/sip": MEDIA,
  "protocol/xmpp": MEDIA,
  "protocol/jingle": [...MEDIA, "protocol/xmpp"],
  "protocol/address.ts": [...MEDIA, "protocol/sip", "protocol/xmpp"], // identity in both networks

  "machines/given.ts": [],
  "machines/call": [...MEDIA, "machines/given.ts"],
  "machines/transactions": [],
  "machines/stepper": [],
  machines: ["machines/given.ts", "machines/call", "machines/transactions"],

  transports: [],

  actors: BELOW,
  "actors/store": ["actors"],
  "actors/sip": [...MEDIA, "protocol/sip", ...MACHINES, "transports", "actors", ...PORTS],
  "actors/sip/user.ts": [...MEDIA, "protocol/sip", "transports", "actors/sip/flow.ts"],
  "actors/sip/flow.ts": [...MEDIA, "protocol/sip", "transports"],
  "actors/xmpp": [
    ...MEDIA,
    "protocol/jingle",
    "protocol/xmpp",
    "protocol/address.ts",
    ...MACHINES,
    "transports",
    "actors",
    "actors/store",
  ],
  "actors/phone": [...BELOW, "actors", ...PORTS],
  "actors/trunks": [...BELOW, "actors", "actors/sip", "actors/phone", ...PORTS],
  "actors/relay": [...MEDIA, "protocol/sdp", "protocol/sip", "transports", "actors", ...PORTS],
  "actors/calls": [...BELOW, ...ACTORS],
  "actors/gateway.ts": [...BELOW, ...ACTORS, "actors/gateway-config.ts"],
  "actors/gateway-config.ts": [...BELOW, ...ACTORS],

  relay: [...MEDIA, "protocol/sdp", "transports", "actors", "actors/relay"],

  replay: [...BELOW, ...ACTORS, ...GATEWAY, "journal"],
  journal: [...PROTOCOL, ...MACHINES, "journal/exchange"],
  "journal/exchange": PROTOCOL,
  web: [...PROTOCOL, ...MACHINES, "journal", "web/layout", "web/api"],
  "web/api": [...MACHINES, "journal", "web", "web/layout"],
  "web/page": ["journal", "web", "web/layout", "web/api"],
  "web/layout": [...MACHINES, "web"],
  cli: ["journal", "protocol"],
  examples: [...INSIDE, "replay", "config.ts", "config"],
  bench: [...INSIDE, "relay", "replay", "config.ts", "config"],
  integrations: [],
  docs: [...MACHINES, "protocol/sip", "web", "web/layout", "examples"],
  start: [...INSIDE, "replay", "config.ts", "config"],
  "main.ts": [...INSIDE, "cli", "journal", "relay", "replay", "start", "config.ts", "config"],
};

/** The row of a file. */
function placeOf(file: string): string {
  const folder = posix.dirname(file);
  if (file in MAY || folder === ".") return file;
  return folder in MAY ? folder : placeOf(folder);
}

/** The forbidden places that a text imports from. */
function foreignTo(file: string, text: string): string[] {
  const place = placeOf(file);
  const ours = importedBy(file, text).filter((path) => path.endsWith(".ts") || path === "?");
  return ours.map(placeOf).filter((other) => other !== place && !MAY[place]?.includes(other));
}

const imports: Imports = new Map(sources.map((file) => [file, importedBy(file)]));

describe("imports", () => {
  test.each(sources)("%s imports what it may", (file) => {
    expect(foreignTo(file, textOf(file))).toEqual([]);
  });

  test.each([
    ["for its effects", 'import "../actors/log.ts";'],
    ["when it runs", 'const log = await import("../actors/log.ts");'],
    ["when it runs, whatever it may be", "const log = await import(`../$` + name);"],
    ["to give it on", 'export { log } from "../actors/log.ts";'],
    ["as a type", 'import type { Log } from "../actors/log.ts";'],
    ["as a type in passing", 'let log: import("../actors/log.ts").Log;'],
    ["a test", 'import { wire } from "../replay/wire.ts";'],
    ["the entry", 'import "../main.ts";'],
  ])("a foreign one is found: %s", (_, text) => {
    expect(foreignTo("protocol/sip.ts", text)).toHaveLength(1);
  });

  test.each([
    ["the stack of a call", "actors/sip/stack.ts", "../calls/call.ts"],
    ["the stream of a call", "actors/xmpp/stream.ts", "../calls/call.ts"],
    ["a phone of its call", "actors/phone/uac.ts", "../calls/call.ts"],
    ["a phone of the stack behind its ports", "actors/phone/uac.ts", "../sip/stack.ts"],
    ["a clock of the gateway", "actors/clock.ts", "./gateway.ts"],
    ["SIP of Jingle", "protocol/sip/message.ts", "../jingle/jingle.ts"],
    ["SDP of Jingle", "protocol/sdp/read.ts", "../jingle/jingle.ts"],
    ["XMPP of Jingle", "protocol/xmpp/iq.ts", "../jingle/jingle.ts"],
    ["the model of a notation", "protocol/media/media.ts", "../sdp/read.ts"],
    ["a chart of SDP", "machines/call/call.ts", "../../protocol/sdp/read.ts"],
    ["the page of an actor", "web/health.ts", "../actors/gateway.ts"],
  ])("nothing runs back up: %s", (_, file, path) => {
    expect(foreignTo(file, `import "${path}";`)).toHaveLength(1);
  });

  test("hono is the web's alone", () => {
    const others = sources.filter((file) => !file.startsWith("web/"));
    expect(others.filter((file) => imports.get(file)?.some((path) => path.includes("hono")))).toEqual([]);
  });

  test("werift is the relay process's alone, and loaded when that runs", () => {
    const users = sources.filter((file) => imports.get(file)?.includes("werift"));
    expect(users.filter((file) => !file.startsWith("relay/"))).toEqual([]);
    const static_ = ["relay/spawn.ts", "actors/gateway.ts", "config.ts"];
    expect(static_.flatMap((file) => [...reachedFrom(file, imports)]).filter((path) => path === "werift")).toEqual([]);
  });

  test("transports know nothing of SIP, XMPP or XState", () => {
    const known = filesOf("transports").filter((file) =>
      imports.get(file)?.some((path) => /xmpp|xstate|sdp/.test(path)),
    );
    expect(known).toEqual([]);
  });

  test("every row is of a place that is there", () => {
    const later = ["journal"];
    const places = new Set(sources.map(placeOf));
    expect(
      Object.keys(MAY).filter((place) => !places.has(place) && !FOLDERS.includes(place) && !later.includes(place)),
    ).toEqual([]);
  });
});

/** All files reachable from the files of a folder. */
const reachedBy = (folder: string): string[] => [
  ...new Set(filesOf(folder).flatMap((file) => [...reachedFrom(file, imports)])),
];

describe("by whatever way", () => {
  test("charts reach neither XML nor SDP", () => {
    expect(reachedBy("machines").filter((path) => /xml|ltx|xmpp\/|sdp|jingle\/|protocol\/sip/.test(path))).toEqual([]);
    expect(reachedBy("machines")).toContain("protocol/media/media.ts");
  });

  test.each([
    ["protocol/media", []],
    ["protocol/sdp", ["protocol/media"]],
    ["protocol/sip", ["protocol/media"]],
    ["protocol/xmpp", ["protocol/media"]],
    ["protocol/jingle", ["protocol/media", "protocol/xmpp"]],
  ])("%s reaches no other notation", (folder, may) => {
    const rooms = reachedBy(folder)
      .filter((path) => path.endsWith(".ts"))
      .map((path) => posix.dirname(path));
    expect(rooms.filter((room) => ![folder, "protocol", ...may].includes(room))).toEqual([]);
  });

  test.each(["protocol/sdp", "protocol/sip"])("%s reaches no XML", (folder) => {
    expect(reachedBy(folder).filter((path) => /^@xmpp|^ltx/.test(path))).toEqual([]);
  });
});

describe("no circle", () => {
  test("of files, types too", () => {
    expect(circlesOf(imports)).toEqual([]);
  });

  test.each([
    ["of one", { a: ["a"] }, ["a"]],
    ["of two", { a: ["b"], b: ["a", "c"], c: [] }, ["a b"]],
    ["of three, and another", { a: ["b"], b: ["c"], c: ["a", "d"], d: ["e"], e: ["d"] }, ["a b c", "d e"]],
    ["in what is no circle", { a: ["b", "c"], b: ["c"], c: [] }, []],
  ])("a circle is found: %s", (_, files, found) => {
    expect(circlesOf(new Map(Object.entries(files)))).toEqual(found);
  });
});
