/** The proxy of docs/deploy.md: the real Kamailio reads its configuration and finds nothing wrong. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { noKamailio } from "../support/kamailio.ts";
import { program } from "../support/programs.ts";

const missing = noKamailio === undefined ? "" : ` (left out: ${noKamailio})`;

test.skipIf(noKamailio !== undefined).each([
  ["as it is", []],
  ["with rtpengine", ["-A", "RTPENGINE"]],
] as const)(`Kamailio reads integrations/kamailio/kamailio.cfg, %s${missing}`, (_, more) => {
  const file = join(import.meta.dir, "../../integrations/kamailio/kamailio.cfg");
  const { exitCode, stderr, stdout } = Bun.spawnSync([program("kamailio"), "-c", ...more, "-f", file]);
  const said = `${stdout}${stderr}`;
  expect(said).toContain("config file ok");
  expect(said).not.toContain("ERROR");
  expect(exitCode).toBe(0);
});
