/** `carillon relay` as people run it, on this runtime, where the lab's gateways look for rtpengine. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMPONENT, DOMAIN, SECRET } from "../support/prosody.ts";
import { makeFolder, NG, PROXY } from "./lab.ts";
import { NgRelay } from "./ng-relay.ts";
import { Program } from "./program.ts";

const MAIN = join(import.meta.dir, "../../main.ts");

/** The part of a configuration that makes the relay our own. */
export const OWN_MEDIA = `[media]
relay = "own"
ng_port = ${NG.split(":")[1]}
addresses = ["${PROXY}"]
`;

export class OwnRelay extends NgRelay {
  protected override readonly asked = /"relay\.command","command":"(\w+)"/g;

  protected override begin(): Program {
    const folder = makeFolder("own-relay");
    const file = join(folder, "carillon.toml");
    writeFileSync(
      file,
      `${OWN_MEDIA}[xmpp]\ndomain = "${COMPONENT}"\nsecret = "${SECRET}"\nhosts = ["${DOMAIN}"]\n[log]\nlevel = "debug"\n`,
    );
    return new Program([process.execPath, MAIN, "relay", "--config", file], { folder, stdin: "pipe" });
  }

  protected override readonly up = /relay\.listening/;
}

/** The same, started by the lab's gateway, whose configuration has `OWN_MEDIA`. */
export class GatewaysRelay extends OwnRelay {
  override async start(): Promise<void> {}
}
