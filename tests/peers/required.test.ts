/** Names what is left out, each once; nothing is where the real peers are required, in CI, by REQUIRE_PEERS=1. */
import { expect, test } from "bun:test";
import { noChromium } from "../support/browser.ts";
import { noEjabberd } from "../support/ejabberd.ts";
import { noKamailio } from "../support/kamailio.ts";
import { noProsody } from "../support/prosody.ts";
import { RUNTIMES } from "../support/runtimes.ts";
import { noSipp } from "../support/sipp.ts";
import { noTshark } from "../support/tshark.ts";

const missing = [
  noProsody,
  noEjabberd,
  noKamailio,
  noSipp,
  noTshark,
  noChromium,
  ...RUNTIMES.map(({ missing }) => missing),
].filter((each) => each !== undefined);

test("the real peers are all there, where they are required, and the others are named", () => {
  if (process.env.REQUIRE_PEERS === "1") expect(missing).toEqual([]);
  for (const each of missing) console.warn(`left out: ${each}`);
});
