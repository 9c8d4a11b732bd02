/** Where everybody lives in the lab, and whether we are in it. The addresses are those kept for tests (RFC 2544). */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The environment variable that says so. */
export const INSIDE = "IN_CARILLONS_LAB";

/** Why the lab's tests are left out, if they are. */
export const noLab =
  process.env[INSIDE] === undefined
    ? "they need real peers in a network of their own: bun run test:peers, which names the packages to install"
    : undefined;

/** The name of a group of the lab's tests, with the reason why it is left out. */
export const labTitle = (name: string): string => (noLab === undefined ? name : `${name} (left out: ${noLab})`);

export const PHONES = "198.18.0.1";
export const GATEWAY = "198.18.0.2";
export const PROXY = "198.18.0.3";
export const ADDRESSES: readonly string[] = [PHONES, GATEWAY, PROXY];

export const GATEWAY_PORT = 5090;
export const PROXY_PORT = 5060;
export const PROXY_TLS_PORT = 5061;
export const PROXY_WEB_PORT = 5066;
/** Where numbers are called. */
export const CARRIER_PORT = 5200;

/** Where rtpengine is told what to do. */
export const NG = "127.0.0.1:2223";

/** A folder for what one peer writes; all of them go with the run. */
export const makeFolder = (name: string): string => mkdtempSync(join(tmpdir(), `${name}-`));
