/**
 * At home, behind the router: our own relay, which asks a STUN server, and a plain phone. Takes an offer of a user outside from a file,
 * prints the answer, and then, as the phone speaks, how much it has heard.
 */
import { readFileSync } from "node:fs";
import { systemClock } from "../../actors/clock.ts";
import { serve } from "../../relay/serve.ts";
import { openUdp } from "../../transports/udp.ts";
import { Asked, PhonePeer, soundOf } from "../relay/peers.ts";
import { AT_HOME, STUN } from "./household.ts";

const [, , file = ""] = process.argv;
const settings = { at: { host: "127.0.0.1", port: 0 }, ports: { first: 30_000, last: 30_999 }, outside: "" };
const needs = { open: openUdp, clock: systemClock, chance: Math.random, log: () => {}, resolve: async () => [] };
const relay = await serve({ ...settings, addresses: () => [AT_HOME], stun: [STUN] }, needs);
const [asked, phone] = [new Asked(relay.at), new PhonePeer(AT_HOME)];
await phone.start();
phone.takes(await asked.rewrite("1", "phone", "offer", readFileSync(file, "utf8")));
console.log(JSON.stringify({ answer: await asked.rewrite("1", "user", "answer", phone.describe()) }));
let sequence = 0;
setInterval(() => {
  phone.say(soundOf(++sequence, 2));
  console.log(JSON.stringify({ heard: phone.heard.length }));
}, 20);
