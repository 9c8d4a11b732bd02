/** Dialogs: RFC 3261 §12. */
import { describe, expect, test } from "bun:test";
import { Refusal } from "../../../protocol/refusal.ts";
import {
  acceptRequest,
  type Dialog,
  dialogFromRequest,
  dialogFromResponse,
  nextHop,
  refreshTarget,
  requestIn,
} from "../../../protocol/sip/dialog.ts";
import { header, values } from "../../../protocol/sip/fields.ts";
import type { Field, Request, Response } from "../../../protocol/sip/message.ts";

const invite = (...more: Field[]): Request => ({
  kind: "request",
  method: "INVITE",
  uri: "sip:bob@proxy",
  headers: [["From", "<sip:a@a>;tag=1"], ["To", "<sip:b@b>"], ["Call-ID", "c"], ["CSeq", "7 INVITE"], ...more],
  body: "",
});
const answer = (...more: Field[]): Response => ({
  kind: "response",
  status: 200,
  phrase: "OK",
  headers: [["From", "<sip:a@a>;tag=1"], ["To", "<sip:b@b>;tag=2"], ["Call-ID", "c"], ["CSeq", "7 INVITE"], ...more],
  body: "",
});
const ROUTES: Field[] = [["Record-Route", "<sip:p2;lr>, <sip:p1;lr>"]];

describe("a dialog that we begin", () => {
  const dialog = dialogFromResponse(invite(), answer(["Contact", "<sip:bob@phone:5070>"], ...ROUTES));

  test("has the route set reversed, and the Contact as target (§12.1.2)", () => {
    expect(dialog).toMatchObject({
      routeSet: ["<sip:p1;lr>", "<sip:p2;lr>"],
      remoteTarget: "sip:bob@phone:5070",
      localSeq: 7,
    });
  });

  test("asks with growing numbers, along the route", () => {
    const first = requestIn(dialog, "INFO", { headers: [] });
    const second = requestIn(first.dialog, "BYE", { headers: [] });
    expect([first, second].map(({ request }) => header(request, "CSeq"))).toEqual(["8 INFO", "9 BYE"]);
    expect(values(second.request, "Route")).toEqual(["<sip:p1;lr>", "<sip:p2;lr>"]);
    expect([header(second.request, "From"), header(second.request, "To")]).toEqual([
      "<sip:a@a>;tag=1",
      "<sip:b@b>;tag=2",
    ]);
    expect(second.request.uri).toBe("sip:bob@phone:5070");
  });

  test("acknowledges with the number of the INVITE (§13.2.2.4)", () => {
    const ack = requestIn(dialog, "ACK", { headers: [], invite: invite() });
    expect([header(ack.request, "CSeq"), ack.dialog]).toEqual(["7 ACK", dialog]);
  });

  test.each([
    ["no Contact", answer()],
    ["an unreadable Contact", answer(["Contact", "<nonsense"])],
    ["a Contact that is a number", answer(["Contact", "<tel:+49301>"])],
    ["a Contact that asks for TLS", answer(["Contact", "<sips:bob@phone>"])],
    ["an unreadable Record-Route", answer(["Record-Route", "<"])],
  ])("%s leaves what the INVITE had", (_, response) => {
    expect(dialogFromResponse(invite(), response)).toMatchObject({ remoteTarget: "sip:bob@proxy", routeSet: [] });
  });
});

describe("a dialog that they begin", () => {
  const dialog = dialogFromRequest(invite(["Contact", "<sip:alice@phone>"], ...ROUTES), "us");

  test("has the route set in order, and both names the other way round (§12.1.1)", () => {
    expect(dialog).toMatchObject({
      routeSet: ["<sip:p2;lr>", "<sip:p1;lr>"],
      local: "<sip:b@b>;tag=us",
      remote: "<sip:a@a>;tag=1",
      remoteSeq: 7,
    });
  });

  test.each([
    ["a Contact", invite()],
    ["a Contact that is a SIP URI", invite(["Contact", "<tel:+49301>"])],
  ])("needs %s", (_, request) => {
    expect(() => dialogFromRequest(request, "us")).toThrow(Refusal);
  });

  test("takes its target from the Contact of a re-INVITE, and keeps it if there is none (§12.2)", () => {
    const moved = refreshTarget(dialog, invite(["Contact", "<sip:alice@elsewhere:5070>"]));
    expect([moved, refreshTarget(moved, invite())].map(({ remoteTarget }) => remoteTarget)).toEqual([
      "sip:alice@elsewhere:5070",
      "sip:alice@elsewhere:5070",
    ]);
  });

  test.each([
    ["8", 8],
    ["1000", 1000],
  ])("takes the number %s", (number, remoteSeq) => {
    const request: Request = { ...invite(), headers: [["CSeq", `${number} BYE`]] };
    expect(acceptRequest(dialog, request)).toMatchObject({ remoteSeq });
  });

  test.each(["7", "6", "0"])("refuses the number %s (§12.2.2)", (number) => {
    const refusal = acceptRequest(dialog, { ...invite(), headers: [["CSeq", `${number} BYE`]] });
    expect(refusal instanceof Refusal && refusal.sip.status).toBe(500);
  });
});

describe("the next hop", () => {
  const dialog = (routeSet: string[], remoteTarget = "sip:bob@phone:5070;transport=tcp"): Dialog => ({
    ...dialogFromResponse(invite(), answer()),
    routeSet,
    remoteTarget,
  });
  const hop = (made: Dialog) => nextHop(requestIn(made, "BYE", { headers: [] }).request);

  test.each([
    ["the target, without a route", dialog([]), { transport: "tcp", host: "phone", port: 5070 }],
    ["a loose router", dialog(["<sip:p1;lr>", "<sip:p2;lr>"]), { transport: "udp", host: "p1", port: 5060 }],
    [
      "a strict router, which becomes the Request-URI (§12.2.1.1)",
      dialog(["<sip:p1>"]),
      { transport: "udp", host: "p1", port: 5060 },
    ],
    ["nowhere, for a proxy that asks for TLS", dialog(["<sips:p1;lr>"]), { transport: "udp", host: "", port: 5060 }],
    ["an IPv6 address", dialog([], "sip:[::1]:5080"), { transport: "udp", host: "::1", port: 5080 }],
  ] as const)("is %s", (_, made, to) => {
    expect(hop(made)).toEqual(to);
  });

  test("a strict router gets the target as the last Route", () => {
    const { request } = requestIn(dialog(["<sip:p1>", "<sip:p2;lr>"]), "BYE", { headers: [] });
    expect([request.uri, values(request, "Route")]).toEqual([
      "sip:p1",
      ["<sip:p2;lr>", "<sip:bob@phone:5070;transport=tcp>"],
    ]);
  });
});
