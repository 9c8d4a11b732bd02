/** What the page asks of the gateway. An answer of 401 asks for the token, once for the whole page. */
import { signal } from "@preact/signals";
import type { CountsView } from "../../journal/counts.ts";
import type { Page } from "../../journal/journal.ts";
import type { CallView } from "../../journal/view.ts";
import type { MachineView } from "../api/machines.ts";

/** Whether the token is asked for. */
export const needsToken = signal(false);

async function get<Answer>(path: string): Promise<Answer | undefined> {
  const answer = await fetch(path).catch(() => undefined);
  if (answer?.status === 401) needsToken.value = true;
  return answer?.ok ? ((await answer.json()) as Answer) : undefined;
}

export const getCalls = (query: Readonly<Record<string, string>>): Promise<Page | undefined> =>
  get(`/api/calls?${new URLSearchParams(query)}`);
export const getJournal = (id: string): Promise<CallView | undefined> =>
  get(`/api/calls/${encodeURIComponent(id)}/journal`);
export const getMachine = (id: string): Promise<MachineView | undefined> =>
  get(`/api/machines/${encodeURIComponent(id)}`);
export const getMachines = (): Promise<readonly string[] | undefined> => get("/api/machines");
/** Asks for little, so that the token is asked for where it is needed. */
export const canLook = (): Promise<unknown> => get("/api/machines");
export const getOverview = (): Promise<CountsView | undefined> => get("/api/overview");

/** Shows the token; whether it was the right one. */
export async function showToken(token: string): Promise<boolean> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch("/session", { method: "POST", headers, body: JSON.stringify({ token }) }).catch(
    () => undefined,
  );
  if (answer?.ok) needsToken.value = false;
  return answer?.ok === true;
}

/** Hangs a call up; what went wrong, in words. */
export async function hangUp(id: string): Promise<string | undefined> {
  const answer = await fetch(`/api/calls/${encodeURIComponent(id)}`, { method: "DELETE" }).catch(() => undefined);
  if (answer?.ok) return undefined;
  if (answer?.status === 401) needsToken.value = true;
  const said = (await answer?.json().catch(() => undefined)) as { error?: string } | undefined;
  return said?.error ?? "the gateway does not answer";
}
