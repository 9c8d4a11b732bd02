/** The gateway's URL for a command: from `--url`, else from `[web]` of the configuration, else the default of `[web]`. */
import { CommandError, type Connection } from "./api.ts";

/** The part of `[web]` with the listening address. */
export interface Listening {
  readonly host: string;
  readonly port: number;
}

/** The URL of the web server of a gateway that listens there. */
export function connectionOf(url: string | undefined, web: Listening, token: string): Connection {
  if (url !== undefined) {
    if (!/^https?:/.test(url) || !URL.canParse(url)) throw new CommandError(`--url ${url} is not the URL of a gateway`);
    return { url, token };
  }
  if (web.port === 0) throw new CommandError("[web] port is 0: give the gateway's address with --url");
  // a server on the unspecified address is reached on loopback
  const host = web.host === "0.0.0.0" ? "127.0.0.1" : web.host === "::" ? "::1" : web.host;
  return { url: `http://${host.includes(":") ? `[${host}]` : host}:${web.port}`, token };
}
