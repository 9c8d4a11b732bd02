/** The proxy of docs/deploy.md: the real Kamailio reads its configuration and finds nothing wrong. */
import { expect, test } from "bun:test";
import { join } from "node:path";

const kamailio = Bun.which("kamailio");
const missing = kamailio === null ? " (left out: kamailio is not installed: apt-get install kamailio)" : "";

test.skipIf(kamailio === null)(`Kamailio reads integrations/kamailio/kamailio.cfg${missing}`, () => {
  const file = join(import.meta.dir, "../../integrations/kamailio/kamailio.cfg");
  const { exitCode, stderr, stdout } = Bun.spawnSync([kamailio ?? "", "-c", "-f", file]);
  const said = `${stdout}${stderr}`;
  expect(said).toContain("config file ok");
  expect(said).not.toContain("ERROR");
  expect(exitCode).toBe(0);
});
