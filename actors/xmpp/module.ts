/**
 * Checks that the users' servers have loaded mod_jingle_sip (integrations/), each time the stream comes up: XEP-0030.
 *
 * Rules: a missing module is one clear line in the log, and calls of the other hosts continue. A feature of the host contains the
 * version of the module's protocol (protocol/xmpp/delegation.ts), a form (XEP-0128) the component that gets the calls.
 */

import { featuresIn, fieldIn } from "../../protocol/xmpp/caps-hash.ts";
import { xml } from "../../protocol/xmpp/element.ts";
import { DISCO_INFO } from "../../protocol/xmpp/namespaces.ts";
import type { Log } from "../log.ts";
import { type Answer, hadNoStream, type IqRequest } from "./requests.ts";

const FEATURE = "urn:xmpp:jingle-sip:";
const VERSION = "0";

export interface ModuleNeeds {
  readonly hosts: readonly string[];
  readonly domain: string;
  readonly log: Log;
  readonly ask: (request: IqRequest, answered: (answer: Answer) => void) => void;
}

/** Queries each host, and logs whether it has the module, or what is wrong. */
export function checkModules({ hosts, domain, log, ask }: ModuleNeeds): void {
  for (const host of hosts) {
    const payload = xml("query", { xmlns: DISCO_INFO });
    ask({ type: "get", from: domain, to: host, payload }, (answer) => {
      if (hadNoStream(answer)) return;
      const wrong = wrongWith(answer, domain);
      if (wrong === undefined) log({ level: "info", event: "module.found", host });
      else log({ level: "error", event: "module.missing", host, why: `${wrong}: calls of its users do not reach us` });
    });
  }
}

function wrongWith({ type, condition, payload }: Answer, domain: string): string | undefined {
  if (type === "silence") return "the host does not answer";
  if (type === "error") return `the host says ${condition}`;
  const spoken = payload ? featuresIn(payload).filter((feature) => feature.startsWith(FEATURE)) : [];
  const versions = spoken.map((feature) => feature.slice(FEATURE.length));
  const component = payload ? fieldIn(payload, FEATURE + VERSION, "component") : undefined;
  const isOurs = component === undefined || component === domain;
  if (versions.includes(VERSION))
    return isOurs ? undefined : `the host's mod_jingle_sip hands over to ${component.slice(0, 80)}, not to us`;
  if (versions.length === 0) return "the host has not loaded mod_jingle_sip";
  return `the host's mod_jingle_sip speaks version ${versions.join(", ").slice(0, 40)}, not ${VERSION}`;
}
