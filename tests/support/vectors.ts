/** Recorded messages of real peers, in tests/vectors. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Element } from "@xmpp/xml";
import { parse } from "ltx/lib/ltx.js";

const root = join(import.meta.dir, "../vectors");

/** The recordings below a folder that match a pattern, as paths from the folder. */
export function recordings(folder: string, fits: RegExp): string[] {
  const all = readdirSync(join(root, folder), { recursive: true }).map(String);
  return all.filter((path) => fits.test(path)).toSorted();
}

export function read(folder: string, path: string): string {
  return readFileSync(join(root, folder, path), "utf8");
}

/** The `<jingle/>` in a text: inside an IQ, or on its own. */
export function jingleOf(text: string): Element {
  const root = parse(text);
  return (root.getName() === "jingle" ? root : root.getChild("jingle")) as Element;
}

/** Elements after serialization and parsing inside a `<jingle/>`. */
export function overTheWire(children: readonly Element[]): Element {
  return jingleOf(`<jingle xmlns='urn:xmpp:jingle:1'>${children.map(String).join("")}</jingle>`);
}
