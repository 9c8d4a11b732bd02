/** Others are as many as are asked for, each another one where its shape has so many, and none is looked for without an end. */
import { describe, expect, test } from "bun:test";
import { Others } from "../../../journal/exchange/others.ts";

const MANY = 3_000;
const numbers = Array.from({ length: MANY }, (_, at) => at);

describe("there are thousands of", () => {
  test.each<readonly [string, (others: Others, at: number) => string]>([
    ["IPv4 addresses", (others, at) => others.host(`10.0.${at >> 8}.${at & 255}`)],
    ["IPv6 addresses", (others, at) => others.host(`2001:db8:1::${at.toString(16)}`)],
    ["names of hosts", (others, at) => others.host(`h${at}.example.com`)],
    ["people", (others, at) => others.person(`user${at}x`)],
    ["numbers", (others, at) => others.person(`+4930${10_000 + at}`)],
    [
      "fingerprints",
      (others, at) => others.secret(`AB:${(at >> 8).toString(16)}:${(at & 255).toString(16)}:CD`, "octets"),
    ],
    ["passwords", (others, at) => others.secret(`pass${10_000 + at}`, "token")],
  ])("%s", (_, other) => {
    const others = new Others();
    const found = numbers.map((at) => other(others, at));
    expect(new Set(found).size).toBe(MANY);
    expect(numbers.map((at) => other(others, at))).toEqual(found);
  });
});

describe("what has no more others shares one:", () => {
  test.each<readonly [string, (others: Others, at: number) => string]>([
    [
      "passwords of signs alone, but for a letter",
      (others, at) => others.secret(`!${String.fromCharCode(97 + at)}!`, "token"),
    ],
    ["fingerprints of one octet that are none", (others, at) => others.secret(`x${at}`, "octets")],
  ])("%s", (_, other) => {
    const others = new Others();
    for (let at = 0; at < 600; at++) other(others, at);
    expect(other(others, 1)).toBe(other(others, 1));
  });
});

test("a gateway has many addresses, and each is the one of plays", () => {
  const others = new Others();
  for (const host of ["10.0.0.1", "172.17.0.1", "gw.example.com", "gw2.example.com"]) others.isHost(host, "192.0.2.1");
  expect(["10.0.0.1", "172.17.0.1", "GW.example.com", "gw2.example.com"].map((host) => others.host(host))).toEqual(
    Array(4).fill("192.0.2.1"),
  );
});

test.each([
  "127.0.0.1",
  "169.254.169.254",
  "224.0.0.251",
  "255.255.255.255",
  "::1",
  "ff02::1",
  "::ffff:127.0.0.1",
  "fd00:ec2::254",
])("%s, which the gateway treats in its own way, stays", (host) => {
  expect(new Others().host(host)).toBe(host);
});

test("what names a machine on its link becomes another one on a link", () => {
  const others = new Others();
  expect(["fe80::5054:ff:fe12:3456", "169.254.7.7", "10.1.2.3"].map((host) => others.host(host))).toEqual([
    "fe80::1",
    "169.254.1.1",
    "198.51.100.1",
  ]);
});
