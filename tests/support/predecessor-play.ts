/**
 * Performs a play of the predecessor (tests/vectors/predecessor) on a whole gateway in its place: in intercept mode.
 *
 * Such a play contains the view of the users' clients and of the SIP proxy, with the names of the vectors: users of `localhost`
 * (`alice/r1` is alice@localhost/r1), the proxy localhost:12345, the gateway localhost:5600, and `the-machine`, the address
 * detected by the predecessor. They are converted to the addresses of our plays, and each stanza is put into the wrapper of the
 * users' server (protocol/xmpp/delegation.ts). Further lines, besides those of replay/script.ts:
 *
 *   online alice/r1 bob/r1, online bob/r1 at -1, offline bob/r1      presence, with priority
 *   the phone takes TCP               it also listens for connections
 *   given …, finally …                a scene of predecessor-scenes.ts
 *   alice has a call, nobody has …    the gateway's live calls
 *   the entry of alice stays          although her call has ended
 *   the server routes it itself: i1   the gateway does not take the IQ with that id
 *   the INVITE goes out at 0 0.5 …    times of retransmission, in seconds
 */
import { expect } from "bun:test";
import type { Step } from "../../replay/script.ts";
import { Stage } from "./play.ts";
import { PLAY_TEXTS } from "./play-texts.ts";
import { PREDECESSOR_SCENES } from "./predecessor-scenes.ts";
import { jingleOf, read } from "./vectors.ts";

const SERVER = "example.org";
const COMPONENT = "sip.example.org";

const BROWSER = jingleOf(read("media", "audio-video/01-romeo-session-initiate.xml")).getChildElements();
const offered = PLAY_TEXTS["offer-sdp"] ?? "";
const TEXTS: Readonly<Record<string, string>> = {
  "{nothing}": "",
  "{fingerprint}": /sha-256 (\S+)/.exec(offered)?.[1] ?? "",
  "{browser-contents}": BROWSER.map(String).join(""),
  "{grouped-offer-sdp}": offered.replace("t=0 0\n", "t=0 0\na=group:BUNDLE 0\n").replaceAll("\n", "\n    ").trim(),
};

/** The predecessor's names converted to ours. */
function here(text: string): string {
  const named = Object.entries(TEXTS).reduce((all, [name, value]) => all.replaceAll(name, () => value), text);
  return named
    .replaceAll("localhost:12345", "192.0.2.2:5060")
    .replaceAll("localhost:5600", "192.0.2.1:5600")
    .replaceAll("the-machine", "192.0.2.7")
    .replaceAll("localhost", SERVER);
}

/** The JID of `alice/r1`. */
const jidOf = (name: string): string => name.replace("/", `@${SERVER}/`);
const isDevice = (name: string): boolean => name.includes("/");

/** Performs the play to its end. Throws if the gateway deviates. */
export async function playPredecessor(text: string): Promise<void> {
  const stage = new Stage({ intercept: true, ...(text.includes("\nthe phone takes TCP\n") ? { byTcp: true } : {}) });
  await stage.open([]);
  for (const part of parts(here(text))) await perform(stage, part);
  await stage.end();
}

/** The play split into its own lines and stretches of common ones. */
function parts(text: string): string[] {
  const OWN = /^(?:online|offline|the phone takes|given|finally|the entry|the server|the INVITE) .*|^\w+ has a call$/;
  const found: string[] = [];
  let stretch: string[] = [];
  for (const line of [...text.split("\n"), ""]) {
    if (!OWN.test(line)) stretch.push(line);
    else {
      found.push(stretch.join("\n"), line);
      stretch = [];
    }
  }
  return [...found, stretch.join("\n")];
}

async function perform(stage: Stage, part: string): Promise<void> {
  const scene = PREDECESSOR_SCENES[part];
  if (scene !== undefined) return common(stage, here(scene));
  const [first = "", , third = ""] = part.split(" ");
  if (/^(?:given|finally) /.test(part)) throw new Error(`no such scene: ${part}`);
  if (first === "online" || first === "offline") return common(stage, presences(part));
  if (part.startsWith("the server")) return common(stage, notOurs(part.split(": ")[1] ?? ""));
  if (part.startsWith("the INVITE")) return repeated(stage, part);
  if (part.endsWith(" has a call")) return has(stage, first === "nobody" ? undefined : first);
  if (part.startsWith("the entry")) return has(stage, third === "of" ? (part.split(" ")[3] ?? "") : third);
  if (part !== "the phone takes TCP") return common(stage, part);
}

const common = (stage: Stage, text: string): Promise<void> => stage.play(text, handedOver);

/** A step of a client, as wrapped by its server. */
function handedOver(step: Step): Step {
  if (step.kind === "nothing" && isDevice(step.by)) return { ...step, by: SERVER };
  if (step.kind === "say" && isDevice(step.by) && step.text.startsWith("<iq"))
    return { ...step, by: SERVER, text: toUs(step.text, jidOf(step.by)) };
  if (step.kind === "hear" && isDevice(step.by))
    return { ...step, by: SERVER, text: fromUs(step.text, jidOf(step.by)) };
  return step;
}

const inside = (wrapper: string, iq: string): string =>
  `<delegation xmlns='urn:xmpp:delegation:2'><forwarded xmlns='urn:xmpp:forward:0'>${iq}</forwarded></delegation>${wrapper}`;
const idOf = (iq: string): string => /^<iq [^>]*\bid='([^']*)'/.exec(iq)?.[1] ?? "";

function toUs(iq: string, from: string): string {
  const client = iq.replace("<iq ", `<iq xmlns='jabber:client' from='${from}' `);
  return `<iq type='set' id='h-${idOf(iq)}' to='${COMPONENT}'>${inside("", client)}</iq>`;
}

/** `to` is the device's own JID unless the play states another: a client called by a wrong name would not be called. */
function fromUs(iq: string, device: string): string {
  const addressed = / to='/.test(iq.split(">")[0] ?? "") ? iq : iq.replace("<iq ", `<iq to='${device}' `);
  if (/^<iq [^>]*type='set'/.test(iq))
    return `<iq type='set'><privileged_iq xmlns='urn:xmpp:privilege:2'>${addressed}</privileged_iq></iq>`;
  return `<iq type='result' id='h-${idOf(iq)}'>${inside("", addressed)}</iq>`;
}

const notOurs = (id: string): string =>
  `gateway > ${SERVER}\n    <iq type='error' id='h-${id}'><error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>\n`;

function presences(line: string): string {
  const [how = "", ...words] = line.split(" ");
  const [names = "", priority] = words.join(" ").split(" at ");
  const type = how === "offline" ? " type='unavailable'" : "";
  const said = priority === undefined ? "" : `<priority>${priority}</priority>`;
  return names
    .split(" ")
    .map((name) => `${jidOf(name)} > gateway\n    <presence to='${COMPONENT}'${type}>${said}</presence>\n`)
    .join("");
}

function has(stage: Stage, name: string | undefined): void {
  const { registry } = stage.gateway.calls;
  if (name === undefined) expect(registry.size, "calls alive").toBe(0);
  else expect(registry.ofUser(`${name}@${SERVER}`).size, `calls of ${name}`).toBe(1);
}

/** Checks the times of the INVITE's retransmissions, in seconds since the first; advances the clock accordingly. */
async function repeated(stage: Stage, line: string): Promise<void> {
  const [wanted = "", last = ""] = line.split(" seconds, and no more in ");
  const sent = (): number =>
    stage.wire.datagrams.filter(({ bytes }) => new TextDecoder().decode(bytes).startsWith("INVITE ")).length;
  const times: number[] = sent() === 1 ? [0] : [];
  for (let tenth = 1; tenth <= Number(last) * 10; tenth++) {
    await stage.perform({ kind: "after", ms: 100, line: 0 });
    while (times.length < sent()) times.push(Math.floor(tenth / 5) / 2);
  }
  expect(times).toEqual(wanted.replace("the INVITE goes out at ", "").split(" ").map(Number));
}
