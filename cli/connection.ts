/** Where a command finds the gateway: by `--url`, else by `[web]` of its configuration, else where `[web]` is by default. */
import { CommandError, type Connection } from "./api.ts";

/** The part of `[web]` that tells where a gateway listens. */
export interface Listening {
  readonly host: string;
  readonly port: number;
}

/** Where the window of a gateway is that listens there. */
export function connectionOf(url: string | undefined, web: Listening, token: string): Connection {
  if (url !== undefined) {
    if (!/^https?:/.test(url) || !URL.canParse(url)) throw new CommandError(`--url ${url} is not the URL of a gateway`);
    return { url, token };
  }
  if (web.port === 0) throw new CommandError("[web] port is 0: say with --url where the gateway listens");
  // what listens everywhere is found on loopback
  const host = web.host === "0.0.0.0" ? "127.0.0.1" : web.host === "::" ? "::1" : web.host;
  return { url: `http://${host.includes(":") ? `[${host}]` : host}:${web.port}`, token };
}
