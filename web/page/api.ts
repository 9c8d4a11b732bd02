/** The page's requests to the gateway. A 401 prompts for the token, once for the whole page. */
import { signal } from "@preact/signals";
import type { CountsView } from "../../journal/counts.ts";
import type { Page } from "../../journal/journal.ts";
import type { CallView } from "../../journal/view.ts";
import type { MachineView } from "../api/machines.ts";

/** Whether the login is shown. */
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
/** A small request that prompts for the token if it is needed. */
export const canLook = (): Promise<unknown> => get("/api/machines");
export const getOverview = (): Promise<CountsView | undefined> => get("/api/overview");

/** Sends the token; returns whether it was accepted. */
export async function showToken(token: string): Promise<boolean> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch("/session", { method: "POST", headers, body: JSON.stringify({ token }) }).catch(
    () => undefined,
  );
  if (answer?.ok) needsToken.value = false;
  return answer?.ok === true;
}

/** Hangs up a call; returns an error message, if any. */
export async function hangUp(id: string): Promise<string | undefined> {
  const answer = await fetch(`/api/calls/${encodeURIComponent(id)}`, { method: "DELETE" }).catch(() => undefined);
  if (answer?.ok) return undefined;
  if (answer?.status === 401) needsToken.value = true;
  const said = (await answer?.json().catch(() => undefined)) as { error?: string } | undefined;
  return said?.error ?? "the gateway does not answer";
}
