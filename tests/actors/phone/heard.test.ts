/** Where a call is spoken from, while the proxy's name gets another address. docs/mapping.md K21. */
import { expect, test } from "bun:test";
import { Heard } from "../../../actors/phone/heard.ts";
import type { ReachPort } from "../../../actors/sip/user.ts";
import { SecuredReach } from "../../../actors/trunks/secured-reach.ts";
import type { Dialog } from "../../../protocol/sip/dialog.ts";
import type { Request } from "../../../protocol/sip/message.ts";

const at = (host: string) => ({ transport: "udp", host, port: 5060 }) as const;
const DIALOG = { remoteTarget: "sip:bob@203.0.113.9", routeSet: [] } as unknown as Dialog;

// proves: K21
test("the proxy of a running call may still send from its old address, but not redirect the call from there", () => {
  let proxy = "192.0.2.1";
  const led: (readonly string[])[] = [];
  const isProxy = ({ host }: { readonly host: string }): boolean => host === proxy;
  const reach: ReachPort = {
    ...{ strict: true, isProxy, isPassedOn: isProxy, isTrusted: isProxy, mayName: () => true },
    mayLead: (_, heard) => {
      led.push(heard);
      return false;
    },
  };
  const heard = new Heard(reach);
  heard.add(at("192.0.2.1"));
  proxy = "192.0.2.55";
  expect(["192.0.2.1", "192.0.2.55", "192.0.2.2"].map((host) => heard.takes(DIALOG, at(host)))).toEqual([
    true,
    true,
    false,
  ]);
  heard.mayLead(at("127.0.0.1"));
  expect([heard.first, led.map(({ length }) => length)]).toEqual([undefined, [0]]);
});

// proves: K23
test("a TLS trunk sends only over its connections, even BYE; its address proves nothing", () => {
  const heard = new Heard(new SecuredReach((trunk) => trunk === "line"));
  const flow = { ...at("192.0.2.1"), transport: "tls", trunk: "line" } as const;
  heard.add(flow);
  const refusals = (method: string) =>
    [flow, { ...flow, trunk: "other" }, { ...flow, transport: "tcp", trunk: undefined } as const, at("192.0.2.1")].map(
      (source) => heard.refusal(DIALOG, { method, headers: [] } as unknown as Request, source)?.sip.status,
    );
  expect(refusals("BYE")).toEqual([undefined, 403, 403, 403]);
  expect(refusals("INFO")).toEqual([undefined, 403, 403, 403]);
});
