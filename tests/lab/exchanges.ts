/** The INVITEs of a call and their final responses, as the gateway's own journal has them. */

import type { GatewayProcess } from "../support/gateway-process.ts";
import { until } from "../support/until.ts";

interface Message {
  readonly wire: "sip" | "xmpp";
  readonly out: boolean;
  readonly text: string;
}

export interface Exchange {
  readonly invite: string;
  /** Status line and all. */
  readonly response: string;
}

const json = async <Body>(gateway: GatewayProcess, path: string): Promise<Body> =>
  (await fetch(`http://127.0.0.1:${gateway.webPort}/api/calls${path}`)).json() as Promise<Body>;

/** Waits until so many INVITEs of the call have their final responses, and gives each with its own. */
export function exchangesOf(gateway: GatewayProcess, sid: string, count: number): Promise<readonly Exchange[]> {
  const look = async (): Promise<readonly Exchange[]> => {
    const { calls } = await json<{ calls: { id: string }[] }>(gateway, `?q=${sid}`);
    const { messages = [] } = await json<{ messages?: Message[] }>(gateway, `/${calls[0]?.id}/journal`);
    return exchangesIn(messages.filter(({ wire }) => wire === "sip"));
  };
  return until(`${count} INVITEs that are answered`, look, (seen) => seen.length >= count, 10);
}

function exchangesIn(messages: readonly Message[]): readonly Exchange[] {
  const responses = messages.filter(({ out, text }) => !out && /^SIP\/2\.0 [2-6]/.test(text));
  return messages.flatMap(({ out, text }) => {
    const cseq = out && text.startsWith("INVITE ") ? /^CSeq: *(\d+ INVITE)/m.exec(text)?.[1] : undefined;
    const response = responses.find((each) => cseq !== undefined && each.text.includes(`CSeq: ${cseq}`));
    return response ? [{ invite: text, response: response.text }] : [];
  });
}

/** The sections of the SDP of a message, each by its media and whether it is refused. */
export const sectionsOf = (message: string): readonly string[] =>
  [...message.matchAll(/^m=(\w+) (\d+)/gm)].map(([, media, port]) => `${media}${port === "0" ? " refused" : ""}`);
