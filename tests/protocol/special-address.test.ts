/** What is special about an address, in each of the forms that it can be written in. */
import { expect, test } from "bun:test";
import { normalAddress, specialOf } from "../../protocol/special-address.ts";

// proves: G4
test.each([
  ["127.0.0.1", "this machine"],
  ["127.1", "this machine"],
  ["0x7f000001", "this machine"],
  ["2130706433", "this machine"],
  ["::1", "this machine"],
  ["::ffff:127.0.0.1", "this machine"],
  ["::FFFF:7F00:1", "this machine"],
  ["::ffff:0:127.0.0.1", "this machine"],
  ["::127.0.0.1", "this machine"],
  ["64:ff9b::7f00:1", "this machine"],
  ["2002:7f00:1::", "this machine"],
  ["169.254.1.1", "this link"],
  ["fe80::1", "this link"],
  ["169.254.169.254", "metadata"],
  ["::ffff:169.254.169.254", "metadata"],
  ["fd00:ec2::254", "metadata"],
  ["100.100.100.200", "metadata"],
  ["224.0.0.1", "group"],
  ["ff02::1", "group"],
  ["255.255.255.255", "group"],
  ["0.0.0.0", "nowhere"],
  ["::", "nowhere"],
] as const)("%s is %s", (address, special) => {
  expect(specialOf(address)).toBe(special);
});

test.each(["192.168.1.7", "10.0.0.1", "203.0.113.9", "2001:db8::1", "fd00::1", "pbx.example.org", "localhost"])(
  "%s is nothing special by itself",
  (host) => {
    expect(specialOf(host)).toBeUndefined();
  },
);

test("an address is compared in one form, a name in lower case", () => {
  expect(["::FFFF:192.0.2.1", "2001:DB8:0::1", "PBX.Example"].map(normalAddress)).toEqual([
    "192.0.2.1",
    "2001:db8::1",
    "pbx.example",
  ]);
});
