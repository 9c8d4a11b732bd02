/** Configurations as texts, parsed, and the one-line error that refuses them. */
import { ConfigError } from "../../config/words.ts";
import { readConfig } from "../../config.ts";
import { changed } from "./changed.ts";

export const GOOD = `
[xmpp]
domain = "sip.example.org"
secret = "s3cret"
hosts = ["example.org"]
`;

export const read = (text: string, env: Record<string, string> = {}) => readConfig(text, "carillon.toml", env);

/** The configuration with an additional line in the predecessor's section, or in [sip], [calls] or [web]. */
export const withLine = (line: string, section = "modules.mod_jingle_sip"): string => `[${section}]\n${line}\n${GOOD}`;
/** The configuration with other user hosts, or another component domain. */
export const withHosts = (hosts: string, domain = "sip.example.org"): string =>
  changed(changed(GOOD, '["example.org"]', hosts), "sip.example.org", domain);

export function refusal(text: string, env: Record<string, string> = {}): string {
  try {
    read(text, env);
    return "accepted";
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
}
