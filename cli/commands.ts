/**
 * `carillon calls`, `carillon hangup ID` and `carillon trace NUMBER`: operator commands for a running gateway.
 *
 * Rules: a call is identified by its id or a prefix of it, as printed by `calls`; text from peers is printed without terminal
 * control characters.
 */
import { fits } from "../journal/query.ts";
import type { CallRow, CallView } from "../journal/view.ts";
import { printable } from "../protocol/printable.ts";
import { type Api, CommandError } from "./api.ts";

type Print = (line: string) => void;
interface Page {
  readonly calls: readonly CallRow[];
}

/** Calls per request, and most requests. */
const PAGE = 500;
const MOST_PAGES = 200;
/** Printed characters of an id. */
const SHORT = 8;

/** Prints the live calls as a table. */
export async function calls(api: Api, print: Print, now: number): Promise<void> {
  const live = await liveCalls(api);
  if (live.length === 0) return print("no calls");
  const rows = live.map(({ id, begun, from, to, state }) => [
    ...[id.slice(0, SHORT), ageOf(now - begun), from, to, state.join(" ")],
  ]);
  for (const line of table([["id", "since", "from", "to", "state"], ...rows])) print(printable(line));
}

/** Hangs up a call on both sides. */
export async function hangUp(api: Api, name: string, print: Print): Promise<void> {
  const found = (await liveCalls(api)).filter(({ id }) => id.startsWith(name));
  const [call] = found;
  if (call === undefined) throw new CommandError(`there is no such call: ${printable(name)}`);
  if (found.length > 1)
    throw new CommandError(`${found.length} calls begin with ${printable(name)}: give more of the id`);
  if (!(await api.delete(`/api/calls/${encodeURIComponent(call.id)}`)))
    throw new CommandError(`the call has already ended: ${printable(name)}`);
  print(printable(`hung up: ${call.from} and ${call.to}`));
}

/** Prints the messages of all calls of a number, JID, sid or Call-ID, as they are sent and received; ends with the gateway. */
export async function trace(api: Api, name: string, print: Print): Promise<void> {
  const printed = new Map<string, number>();
  const follow = async ({ id }: CallRow): Promise<void> => {
    const view = await api.get<CallView>(`/api/calls/${encodeURIComponent(id)}/journal`);
    if (view) tell(view, printed, print);
  };
  const feed = api.feed("/api/feed");
  const wanted = (rows: readonly CallRow[]): CallRow[] => rows.filter((row) => fits(row, { q: name }));
  // the feed is opened before the first request, so that nothing is missed between the two
  for await (const { event, data } of feed) {
    if (event === "calls") for (const row of wanted(data as CallRow[])) await follow(row);
    if (["hello", "gap", "reset"].includes(event)) for (const row of wanted(await liveCalls(api))) await follow(row);
  }
  throw new CommandError("the gateway has closed the connection");
}

function tell(
  { id, from, to, begun, messages, ended, why }: CallView,
  printed: Map<string, number>,
  print: Print,
): void {
  const known = printed.get(id);
  if (known === undefined) print(printable(`── ${id.slice(0, SHORT)} ${from} → ${to}`));
  for (const { at, out, peer, label, text } of messages.slice(known ?? 0)) {
    const time = new Date(begun + at).toISOString().slice(11, 23);
    print(printable(`${time} ${id.slice(0, SHORT)} ${out ? "→" : "←"} ${peer}  ${label}`));
    for (const line of text.trimEnd().split(/\r?\n/)) print(printable(`    ${line}`));
  }
  if (ended !== undefined && known !== Number.POSITIVE_INFINITY)
    print(printable(`── ${id.slice(0, SHORT)} ended: ${why}`));
  printed.set(id, ended === undefined ? messages.length : Number.POSITIVE_INFINITY);
}

async function liveCalls(api: Api): Promise<CallRow[]> {
  const live: CallRow[] = [];
  let after = "";
  for (let page = 0; page < MOST_PAGES; page++) {
    const found = await api.get<Page>(
      `/api/calls?most=${PAGE}${after === "" ? "" : `&after=${encodeURIComponent(after)}`}`,
    );
    if (found === undefined) throw new CommandError("this gateway keeps no journal: [web] journal is 0");
    live.push(...found.calls.filter(({ ended }) => ended === undefined));
    after = found.calls.at(-1)?.id ?? "";
    if (found.calls.length < PAGE) break;
  }
  return live;
}

/** Pads columns to the width of their widest cell. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function ageOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  const two = (part: number): string => String(part).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
