/**
 * A call as a play (replay/script.ts), which runs as a regression test and by `carillon replay`.
 *
 * Rules: received messages are sent by the play, without the fields that the phone of plays fills in (play-phone.ts); sent messages
 * are expected, without values that the gateway generates: a recurring id is `{tag-1}`, captured at its first occurrence. Pauses of
 * 50 ms and more are `after`. People, addresses and keys are replaced by pseudonyms, field by field (exchange/). Devices of plays
 * acknowledge by themselves: a result is written only if it came later.
 */
import { printableFile } from "../protocol/printable.ts";
import type { Entry, RelayEntry, WireEntry } from "./entries.ts";
import type { Others } from "./exchange/others.ts";
import { exchangeSdp } from "./exchange/sdp.ts";
import { configurationOf } from "./play-configuration.ts";
import { placesOf } from "./play-places.ts";
import { PlaySip } from "./play-sip.ts";
import { stepText } from "./play-step.ts";
import { PlayXmpp } from "./play-xmpp.ts";
import type { Setting } from "./setting.ts";
import type { CallRow } from "./view.ts";

/** Shorter pauses are dropped, in milliseconds. */
const PAUSE = 50;
/** Duration of each step of a play, in milliseconds. */
const STEP = 5;

/** Time for the devices' automatic acknowledgements to arrive. */
const AFTER_THAT = "after 10 ms\n";

/** The end of a failure text for a silent relay: no step is written for it. */
const SILENT = "does not answer";
/** What precedes the reason that the relay itself gives. */
const SAYS = /^the relay at \S+ says: /;

/** Steps for calls that the gateway ends by itself. */
const ENDS: ReadonlyMap<string, string> = new Map([
  ["operator.hangs-up", "the operator hangs up"],
  ["gateway.stops", "the gateway stops"],
]);

/** Whether an entry is an event other than a message. */
function isBeside(entry: Entry): boolean {
  return (
    (entry.kind === "relay" && entry.failed?.endsWith(SILENT) !== true) ||
    (entry.kind === "stream" && !entry.isUp) ||
    (entry.kind === "step" && ENDS.has(entry.event))
  );
}

function happens(entry: Exclude<Entry, WireEntry>, others: Others): string {
  if (entry.kind === "relay") return relayStep(entry, others);
  const what = entry.kind === "step" ? ENDS.get(entry.event) : undefined;
  return `${AFTER_THAT}${what ?? "the stream is cut"}`;
}

/** The step for an answer of the relay. */
function relayStep({ sdp, failed = "" }: RelayEntry, others: Others): string {
  others.ours = false;
  return stepText(
    "relay > gateway",
    sdp === undefined ? [`error: ${failed.replace(SAYS, "")}`] : exchangeSdp(sdp, others),
  );
}

/** The play of a call: text, with its configuration in a comment. */
export function playOf(row: CallRow, entries: readonly Entry[], setting: Setting): string {
  const told = entries
    .filter((entry) => entry.kind === "wire" || isBeside(entry))
    .toSorted((one, other) => one.at - other.at);
  const wires = told.filter((entry) => entry.kind === "wire");
  const places = placesOf(row, wires, setting);
  const { others } = places;
  const sip = new PlaySip(places);
  const xmpp = new PlayXmpp(others, wires, setting);
  let now = wires[0]?.at ?? 0;
  const steps = told.flatMap((wire) => {
    const step = wire.kind === "wire" ? (wire.wire === "sip" ? sip : xmpp).step(wire) : happens(wire, others);
    if (step === undefined) return [];
    const pause = Math.round(wire.at - now);
    if (pause >= PAUSE) now = wire.at;
    now += STEP;
    return [...(pause >= PAUSE ? [`after ${pause} ms`] : []), step];
  });
  const silence = Math.round((row.ended ?? now) - now);
  if (silence >= PAUSE) steps.push(`after ${silence} ms`);
  const configuration = JSON.stringify(configurationOf(row, wires, setting, places, xmpp.online));
  steps.unshift(...xmpp.before);
  const ended = row.why === undefined ? "not over" : `ended by ${row.why}`;
  return printableFile(
    [`# recorded: ${row.direction}, ${ended}`, `# options: ${configuration}`, ...steps, ""].join("\n"),
  );
}
