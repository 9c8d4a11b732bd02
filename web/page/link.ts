/**
 * A link that signs in: `http://127.0.0.1:8080/#token=…`, as the demo prints it.
 *
 * Rules: what stands behind `#` is sent to no server and stands in no log of one; it leaves the address, and with it the history,
 * before anything else happens. A wrong token signs nobody in, and is asked for where it is needed.
 */
import { showToken } from "./api.ts";

/** Shows the token of the address, if there is one. */
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
    return written; // a token may have a per cent sign in it
  }
}
