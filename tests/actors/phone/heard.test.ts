/** Where a call is spoken from, while the proxy's name gets another address. docs/mapping.md K21. */
import { expect, test } from "bun:test";
import { Heard } from "../../../actors/phone/heard.ts";
import type { ReachPort } from "../../../actors/sip/user.ts";
import type { Dialog } from "../../../protocol/sip/dialog.ts";

const at = (host: string) => ({ transport: "udp", host, port: 5060 }) as const;
const DIALOG = { remoteTarget: "sip:bob@203.0.113.9", routeSet: [] } as unknown as Dialog;

// proves: K21
test("the proxy of a running call goes on speaking in it from where it was, but leads nowhere by that", () => {
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
