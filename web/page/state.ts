/**
 * The state of the page: the list of calls, the selected call and step, and the view.
 *
 * Rules: every view has an address (`#/calls/<id>/<step>`, `#/overview`, `#/machines/<name>`), so that it can be shared; without a
 * step the page follows the live call. Bound: rows of `MOST_ROWS` calls.
 */
import { batch, computed, effect, signal } from "@preact/signals";
import type { CallRow, CallView } from "../../journal/view.ts";
import type { MachineView } from "../api/machines.ts";
import { getCalls, getJournal, getMachine } from "./api.ts";

const MOST_ROWS = 10_000;
/** Rows per request. */
const PAGE = "500";

export type View = "calls" | "overview" | "machines";

/** The values at the top of the page. */
export interface Top {
  readonly sip: boolean;
  readonly xmpp: boolean;
  readonly proxy: "up" | "down" | "unknown";
  readonly relay: "up" | "down" | "unknown" | "none";
  readonly state: string;
  readonly calls: number;
  readonly trunks?: readonly { readonly name: string; readonly state: string; readonly why?: string }[];
  readonly version: string;
}

export const view = signal<View>("calls");
export const rows = signal<ReadonlyMap<string, CallRow>>(new Map());
export const query = signal("");
export const selected = signal<string | undefined>(undefined);
export const call = signal<CallView | undefined>(undefined);
/** The index of the selected step; undefined follows the last one. */
const pinned = signal<number | undefined>(undefined);
/** The state under the pointer: its card is shown, and the messages of its time. */
export const pointed = signal<string | undefined>(undefined);
/** The index of the open message. */
export const picked = signal<number | undefined>(undefined);
export const machine = signal<MachineView | undefined>(undefined);
export const machineName = signal("call");
export const top = signal<Top | undefined>(undefined);
/** Whether the feed is connected. */
export const isLive = signal(false);
/** The current time for ages, in milliseconds. */
export const now = signal(Date.now());

export const at = computed(() => {
  const last = Math.max(0, (call.value?.steps.length ?? 1) - 1);
  return Math.min(pinned.value ?? last, last);
});

/** The calls of the list: those that match, live ones first, the newest first. */
export const list = computed(() => {
  const words = query.value.trim().toLowerCase();
  const all = [...rows.value.values()].filter(
    (row) => words === "" || textOf(row).includes(words) || isNumber(words, row),
  );
  return all.sort(
    (one, other) => Number(one.ended !== undefined) - Number(other.ended !== undefined) || other.begun - one.begun,
  );
});

const texts = new WeakMap<CallRow, string>();
function textOf(row: CallRow): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const { from, to, sid, callId, state, why, direction, id } = row;
  const text = [from, to, sid, callId, ...state, why, direction, id].join(" ").toLowerCase();
  texts.set(row, text);
  return text;
}

/** A number matches in any spelling. */
function isNumber(words: string, { from, to }: CallRow): boolean {
  const digits = words.replace(/[\s().-]/g, "");
  return /^\+?\d{3,}$/.test(digits) && `${from} ${to}`.replace(/[\s().-]/g, "").includes(digits);
}

/** Rows received while the list is loading: they are newer. */
let meanwhile: Map<string, CallRow> | undefined;

/** Adds rows that are new or have changed. */
export function takeRows(news: readonly CallRow[]): void {
  for (const row of news) meanwhile?.set(row.id, row);
  const next = new Map(rows.value);
  for (const row of news) next.set(row.id, row);
  for (const [id, { ended }] of next) {
    if (next.size <= MOST_ROWS) break;
    if (ended !== undefined && id !== selected.value) next.delete(id);
  }
  rows.value = next;
}

/** Reloads the list: at the start, and after a gap. Rows received meanwhile from the feed are newer, and stay. */
export async function loadList(): Promise<void> {
  const news = new Map<string, CallRow>();
  meanwhile = news;
  const found = await askForList();
  if (meanwhile !== news) return; // another load was started since
  meanwhile = undefined;
  if (!found) return;
  rows.value = byId([...found, ...news.values()]);
  if (selected.value === undefined) selected.value = list.value[0]?.id;
}

/** All pages of the list, newest first; undefined if the gateway does not answer. */
async function askForList(): Promise<CallRow[] | undefined> {
  let after: string | undefined;
  const found: CallRow[] = [];
  while (found.length < MOST_ROWS) {
    const page = await getCalls({ most: PAGE, ...(after === undefined ? {} : { after }) });
    if (!page) return undefined;
    found.push(...page.calls);
    after = page.calls.at(-1)?.id;
    if (after === undefined || found.length >= page.total) break;
    if (rows.value.size === 0) rows.value = byId(found);
  }
  return found;
}

const byId = (all: readonly CallRow[]): ReadonlyMap<string, CallRow> => new Map(all.map((row) => [row.id, row]));

/** Loads a call that is not received over the feed. */
export async function loadCall(id: string): Promise<void> {
  const found = await getJournal(id);
  if (found && selected.value === id && !isLive.value) call.value = found;
}

/** Selects a call, at its last step or a given one. */
export function choose(id: string, step?: number): void {
  batch(() => {
    if (selected.value !== id) call.value = undefined;
    selected.value = id;
    pinned.value = step;
    picked.value = undefined;
  });
}

export function go(step: number): void {
  const last = Math.max(0, (call.value?.steps.length ?? 1) - 1);
  pinned.value = Math.max(0, Math.min(step, last));
}

/** Opens a message, and selects its step. */
export function pick(message: number | undefined): void {
  const step = message === undefined ? undefined : call.value?.messages[message]?.step;
  batch(() => {
    picked.value = message;
    if (step !== undefined) go(step);
  });
}

/** The current view as an address. */
function addressOf(): string {
  if (view.value === "overview") return "#/overview";
  if (view.value === "machines") return `#/machines/${machineName.value}`;
  if (selected.value === undefined) return "#/calls";
  const step = pinned.value === undefined ? "" : `/${pinned.value + 1}`;
  return `#/calls/${encodeURIComponent(selected.value)}${step}`;
}

/** Goes to an address. */
export function follow(address: string): void {
  const [, place = "calls", name, step] = /^#\/(\w+)(?:\/([^/]+))?(?:\/(\d+))?$/.exec(address) ?? [];
  batch(() => {
    view.value = place === "overview" || place === "machines" ? place : "calls";
    if (view.value === "machines") machineName.value = name ?? "call";
    else if (view.value === "calls" && name !== undefined)
      choose(decodeURIComponent(name), step === undefined ? undefined : Number(step) - 1);
  });
}

/** Synchronizes address, call and chart with the selection. */
export function keepInStep(): void {
  effect(() => {
    const address = addressOf();
    if (location.hash !== address && !(location.hash === "" && address === "#/calls"))
      history.replaceState(null, "", address);
  });
  effect(() => {
    const name = view.value === "machines" ? machineName.value : "call";
    void getMachine(name).then((found) => {
      machine.value = found ?? machine.value;
    });
  });
}
