/**
 * A sign-in link: `http://127.0.0.1:8080/#token=…`, as printed by the demo.
 *
 * Rules: the fragment after `#` is never sent to a server or logged; it is removed from the address, and with it from the history,
 * before anything else happens. A wrong token signs nobody in; the page prompts for it when needed.
 */
import { showToken } from "./api.ts";

/** Sends the token in the address, if there is one. */
export async function signIn(): Promise<void> {
  const [, written] = /^#token=(.+)$/.exec(location.hash) ?? [];
  if (written === undefined) return;
  history.replaceState(null, "", location.pathname);
  await showToken(textOf(written));
}

function textOf(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return written; // a token may contain a per cent sign
  }
}
