/** No real peer is left out where they are required: in CI, by REQUIRE_PEERS=1. */
import { expect, test } from "bun:test";
import { noEjabberd } from "../support/ejabberd.ts";
import { noKamailio } from "../support/kamailio.ts";
import { noProsody } from "../support/prosody.ts";
import { RUNTIMES } from "../support/runtimes.ts";
import { noSipp } from "../support/sipp.ts";

test.if(process.env.REQUIRE_PEERS === "1")("the real peers are all there", () => {
  const runtimes = RUNTIMES.map(({ missing }) => missing);
  expect([noProsody, noEjabberd, noKamailio, noSipp, ...runtimes].filter((each) => each !== undefined)).toEqual([]);
});
