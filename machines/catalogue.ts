/**
 * Every chart by its name: for the drawings, the page, and the tests that apply to all charts.
 *
 * In production, transactions are stepped by a table interpreter (actors/sip/transactions.ts). Here XState makes machines of the
 * same literals.
 */
import { type AnyStateMachine, createMachine } from "xstate";
import { call } from "./call/call.ts";
import { gateway } from "./gateway.ts";
import { registration } from "./registration.ts";
import { inviteClient } from "./transactions/invite-client.ts";
import { inviteServer } from "./transactions/invite-server.ts";
import { requestClient } from "./transactions/request-client.ts";
import { requestServer } from "./transactions/request-server.ts";
import type { TransactionChart } from "./transactions/transaction.ts";
import { xmppStream } from "./xmpp-stream.ts";

const machineOf = (chart: TransactionChart): AnyStateMachine =>
  createMachine(structuredClone(chart) as Parameters<typeof createMachine>[0]);

export const catalogue: Readonly<Record<string, AnyStateMachine>> = {
  call,
  gateway,
  "invite-client": machineOf(inviteClient),
  "invite-server": machineOf(inviteServer),
  registration,
  "request-client": machineOf(requestClient),
  "request-server": machineOf(requestServer),
  "xmpp-stream": xmppStream,
};
