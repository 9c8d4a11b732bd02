/**
 * rtpengine as Debian packages it, in userspace: no kernel module, which is what `--table=-1` says.
 *
 * Rule: without session tickets (integrations/rtpengine/openssl.cnf), since GnuTLS in Dino fails on them and hears nothing.
 */
import { join } from "node:path";
import { makeFolder, NG, PROXY } from "./lab.ts";
import { NgRelay } from "./ng-relay.ts";
import { Program } from "./program.ts";

const OPENSSL_CONF = join(import.meta.dir, "../../integrations/rtpengine/openssl.cnf");

export class Rtpengine extends NgRelay {
  protected override readonly up = /Startup complete/;
  protected override readonly asked = /Received command '(\w+)'/g;

  protected override begin(): Program {
    return new Program(
      [
        ...["rtpengine", "--config-file=none", "--table=-1", `--interface=${PROXY}`, `--listen-ng=${NG}`],
        ...["--port-min=30000", "--port-max=30999", "--delete-delay=0", "--timeout=60"],
        ...["--foreground", "--log-stderr", "--log-level=6"],
      ],
      { folder: makeFolder("rtpengine"), env: { OPENSSL_CONF } },
    );
  }
}
