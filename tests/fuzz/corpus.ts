/** Good inputs: recordings of real peers, the torture messages, the texts of plays, and earlier findings. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { read, recordings } from "../support/vectors.ts";

const torture = join(import.meta.dir, "../../node_modules/sip/test/messages");
const FOUND = join(import.meta.dir, "../vectors/fuzz");

const texts = Object.values(PLAY_TEXTS);
const media = (fits: RegExp): string[] => recordings("media", fits).map((path) => read("media", path));

export const SIP = [
  ...recordings("sip", /\.sip$/).map((path) => read("sip", path)),
  ...readdirSync(torture).map((file) => readFileSync(join(torture, file), "utf8")),
];
export const SDP = [...texts.filter((text) => text.startsWith("v=0")), ...media(/\.sdp$/)];
export const STANZAS = [
  ...media(/\.xml$/),
  ...recordings("jingle-message", /\.xml$/).map((path) => read("jingle-message", path)),
  ...texts
    .filter((text) => text.trim().startsWith("<content"))
    .map(
      (text) =>
        `<iq type='set' id='1' from='a@b/c' to='d@e'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s'>${text}</jingle></iq>`,
    ),
];
export const FRAGMENTS = [
  "a=ice-ufrag:u\r\na=ice-pwd:p234567890123456789012\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1 1 udp 2130706431 203.0.113.9 50000 typ host\r\na=end-of-candidates\r\n",
  "Signal=5\r\nDuration=160\r\n",
];
export const BENCODE = [
  "d3:sdp9:v=0\r\no=- 6:result2:oke",
  "d6:result5:error12:error-reason7:Unknowne",
  "ld1:ai-1eel0:ee",
];
export const QUERIES = [
  "/api/calls?q=juliet&state=live&most=10",
  "/api/calls?reason=busy&before=5",
  "/api/calls/x",
  "/api/calls/x/export.json?names=kept",
  "/api/feed?call=x&after=3",
  "/api/overview",
  "/api/machines/call",
  "/health",
  "/metrics",
  "/openapi.json",
  "/assets/page.js",
];

/** Earlier findings for a reader, kept forever. */
export function found(reader: string): { readonly name: string; readonly bytes: Uint8Array }[] {
  const names = readdirSync(FOUND).filter((name) => name.startsWith(`${reader}-`));
  return names.map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(FOUND, name))) }));
}

export const keptAt = (reader: string, name: string): string => join(FOUND, `${reader}-${name}`);
