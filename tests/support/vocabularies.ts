/** All names in the charts' vocabularies, typed by them: an added or removed name does not compile until it is updated here. */
import type { CallEvent, PhoneEffect, UserEffect } from "../../machines/call/vocabulary.ts";
import type { GatewayEffect, GatewayEvent } from "../../machines/gateway.ts";
import type { RegistrationEffect, RegistrationEvent } from "../../machines/registration.ts";
import type { TransactionEffect, TransactionEvent } from "../../machines/transactions/transaction.ts";
import type { StreamEffect, StreamEvent } from "../../machines/xmpp-stream.ts";

const all = <Word extends string>(words: Readonly<Record<Word, true>>): string[] => Object.keys(words);

export const CALL_EVENTS = all<CallEvent["type"]>({
  "sip.invite.provisional": true,
  "sip.invite.success": true,
  "sip.invite.unusable": true,
  "sip.invite.failure": true,
  "sip.ack": true,
  "sip.ack.answer": true,
  "sip.ack.timeout": true,
  "sip.prack.timeout": true,
  "sip.cancel": true,
  "sip.bye": true,
  "sip.bye.success": true,
  "sip.bye.failure": true,
  "sip.info": true,
  "sip.reinvite": true,
  "sip.reinvite.empty": true,
  "sip.reinvite.cancel": true,
  "sip.update": true,
  "sip.reinvite.success": true,
  "sip.reinvite.failure": true,
  "sip.answer.unusable": true,
  "sip.dtmf": true,
  "sip.refresh": true,
  "sip.expired": true,
  "sip.dialog.lost": true,
  "jingle.session-accept": true,
  "jingle.session-terminate": true,
  "jingle.transport-info": true,
  "jingle.existing-session-initiate": true,
  "jingle.hold": true,
  "jingle.content-modify": true,
  "jingle.source": true,
  "jingle.content-add": true,
  "jingle.content-add.unmappable": true,
  "jingle.content-remove": true,
  "jingle.content-accept": true,
  "jingle.content-reject": true,
  "jingle.description-info": true,
  "jingle.transport-replace": true,
  "jingle.transport-replace.unmappable": true,
  "jingle.dtmf": true,
  "jingle.acknowledged": true,
  "jingle.refused": true,
  "jingle.lost": true,
  "jmi.ringing": true,
  "jmi.proceed": true,
  "jmi.reject": true,
  "jmi.failure": true,
});
export const PHONE_EFFECTS = all<PhoneEffect["type"]>({
  "sip.send.invite": true,
  "sip.send.ringing": true,
  "sip.send.success": true,
  "sip.send.failure": true,
  "sip.send.ack": true,
  "sip.send.cancel": true,
  "sip.send.bye": true,
  "sip.send.reinvite": true,
  "sip.send.info": true,
  "sip.send.dtmf": true,
});
export const USER_EFFECTS = all<UserEffect["type"]>({
  "jingle.send.session-initiate": true,
  "jingle.send.session-accept": true,
  "jingle.send.session-terminate": true,
  "jingle.send.ringing": true,
  "jingle.send.transport-info": true,
  "jingle.send.transports": true,
  "jingle.send.description-info": true,
  "jingle.send.transport-accept": true,
  "jingle.send.transport-reject": true,
  "jingle.send.content-add": true,
  "jingle.send.content-accept": true,
  "jingle.send.content-reject": true,
  "jingle.send.content-remove": true,
  "jingle.send.content-modify": true,
  "jingle.send.dtmf": true,
  "jingle.send.hold": true,
  "jingle.send.source": true,
  "jmi.send.propose": true,
  "jmi.send.retract": true,
  "jmi.send.finish": true,
});
export const STREAM_EVENTS = all<StreamEvent["type"]>({
  "stream.connected": true,
  "stream.opened": true,
  "stream.authenticated": true,
  "stream.heard": true,
  "stream.lost": true,
  "stream.refused": true,
  stop: true,
});
export const STREAM_EFFECTS = all<StreamEffect["type"]>({
  "stream.connect": true,
  "stream.open": true,
  "stream.authenticate": true,
  "stream.online": true,
  "stream.ping": true,
  "stream.close": true,
  "stream.offline": true,
  "stream.refused": true,
});
export const REGISTRATION_EVENTS = all<RegistrationEvent["type"]>({
  start: true,
  stop: true,
  reload: true,
  "login changed": true,
  "sip.register.success": true,
  "sip.register.failure": true,
  "sip.register.timeout": true,
  "sip.flow.lost": true,
});
export const REGISTRATION_EFFECTS = all<RegistrationEffect["type"]>({
  "sip.send.register": true,
  "registration.over": true,
});
export const GATEWAY_EVENTS = all<GatewayEvent["type"]>({
  started: true,
  failed: true,
  stop: true,
  "hand over": true,
  "calls.none": true,
});
export const GATEWAY_EFFECTS = all<GatewayEffect["type"]>({
  "gateway.open": true,
  "gateway.drain": true,
  "gateway.end": true,
  "gateway.close": true,
});
export const TRANSACTION_EVENTS = all<TransactionEvent>({
  "response.provisional": true,
  "response.success": true,
  "response.failure": true,
  cancel: true,
  unreachable: true,
  request: true,
  ack: true,
});
export const TRANSACTION_EFFECTS = all<TransactionEffect>({
  "send the request": true,
  "send ACK": true,
  "send 100 Trying": true,
  "send the response": true,
  "send the last response": true,
  "tell the user": true,
  "tell the user (timeout)": true,
  "tell the user (unreachable)": true,
  "tell the user (ACK)": true,
  "tell the user (no ACK)": true,
});
