/** Makers of actions for the call's chart: `say` and `sayEach` emit effects, `change` changes the context. */
import { assign, emit, enqueueActions } from "xstate";
import type { CallContext } from "./context.ts";
import type { CallEffect, CallEvent } from "./vocabulary.ts";

/** An action that emits one effect. */
export const say = <Params = undefined>(effect: (context: CallContext, params: Params) => CallEffect) =>
  emit<CallContext, CallEvent, Params, CallEvent, CallEffect>(({ context }, params) => effect(context, params));

/** An action that emits any number of effects. */
export const sayEach = <Params = undefined>(effects: (context: CallContext, params: Params) => readonly CallEffect[]) =>
  enqueueActions<CallContext, CallEvent, Params, CallEvent, never, never, never, never, CallEffect>(
    ({ context, enqueue }, params) => {
      for (const effect of effects(context, params)) enqueue.emit(effect);
    },
  );

/** An action that changes the context. */
export const change = <Params = undefined>(to: (context: CallContext, params: Params) => Partial<CallContext>) =>
  assign<CallContext, CallEvent, Params, CallEvent, never>(({ context }, params) => to(context, params));
