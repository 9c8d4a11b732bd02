/**
 * A stepped chart as logic of an XState actor: `createActor(new SteppedLogic(chart), { input, clock })`.
 *
 * The actor is XState's (mailbox, clock, inspection, persistence); only its transitions come from tables. Effects are emitted
 * and delays scheduled after the step, as XState does. A persisted snapshot has XState's own form, and both can read it; an unpersisted
 * snapshot of ours can be restored, too, for an actor that continues another one.
 */
import type { ActorLogic, ActorScope, AnyActorRef, AnyStateMachine, EventObject, Snapshot, StateValue } from "xstate";
import type { Configuration } from "./configurations.ts";
import { type Step, Stepper } from "./stepper.ts";
import type { Row } from "./tables.ts";

/** The state and context of an actor. */
export type SteppedSnapshot<C, E, F, O = unknown> = Snapshot<O> & {
  readonly value: StateValue;
  readonly context: C;
  readonly configuration: Configuration<C, E, F>;
};

type System = AnyActorRef["system"];
type Scope<C, E extends EventObject, F extends EventObject, O> = ActorScope<SteppedSnapshot<C, E, F, O>, E, System, F>;
/** Callback for each event: whether the actor's chart accepts it (a row has a target or actions), and the selected rows. */
type Selected<E> = (
  actor: AnyActorRef,
  event: E,
  isTaken: boolean,
  rows: readonly { readonly says: Row<never, E, never>["says"] }[],
) => void;
/** Callback for each delay of an actor: it starts and lasts `ms`, or it is cancelled (undefined). */
type Delayed = (actor: AnyActorRef, id: string, ms: number | undefined) => void;
type Begin<C, I> = (args: { readonly input: I }) => C;

export class SteppedLogic<C extends object, E extends EventObject, F extends EventObject, I, O = unknown>
  implements ActorLogic<SteppedSnapshot<C, E, F, O>, E, I, System, F>
{
  readonly #stepper: Stepper<C, E, F>;
  readonly #begin: Begin<C, I>;
  readonly #output: ((args: { readonly context: C }) => O) | undefined;
  readonly #selected: Selected<E> | undefined;
  readonly #delayed: Delayed | undefined;

  /** `selected` is called for each event before its step, `delayed` for each delay, which XState cannot persist. */
  constructor(machine: AnyStateMachine, selected?: Selected<E>, delayed?: Delayed) {
    this.#stepper = new Stepper(machine);
    this.#selected = selected;
    this.#delayed = delayed;
    this.#begin = machine.config.context as Begin<C, I>;
    this.#output = machine.config.output as ((args: { readonly context: C }) => O) | undefined;
  }

  getInitialSnapshot = (scope: Scope<C, E, F, O>, input: I) => {
    const event = { type: "xstate.init", input } as unknown as E;
    return this.#take(this.#stepper.begin(this.#begin({ input }), event), scope);
  };

  transition = (
    snapshot: SteppedSnapshot<C, E, F, O>,
    event: E,
    scope: Scope<C, E, F, O>,
  ): SteppedSnapshot<C, E, F, O> => {
    if (event.type === "xstate.stop") return { ...snapshot, status: "stopped", output: undefined, error: undefined };
    const { configuration, context } = snapshot;
    const rows = this.#stepper.select(configuration, context, event);
    this.#selected?.(
      scope.self,
      event,
      rows?.some(({ target, acts }) => target !== undefined || acts.length > 0) ?? false,
      rows ?? [],
    );
    return rows === undefined ? snapshot : this.#take(this.#stepper.step(configuration, context, event, rows), scope);
  };

  getPersistedSnapshot = ({ status, output, error, value, context }: SteppedSnapshot<C, E, F, O>) =>
    ({ status, output, error, value, context, children: {}, historyValue: {} }) as unknown as Snapshot<unknown>;

  restoreSnapshot = (persisted: Snapshot<unknown>): SteppedSnapshot<C, E, F, O> => {
    const { status, output, error, value, context } = persisted as SteppedSnapshot<C, E, F, O>;
    if ("configuration" in persisted) return persisted as SteppedSnapshot<C, E, F, O>;
    const configuration = this.#stepper.configurationOf(value);
    return { status, output, error, value: configuration.value, context, configuration } as SteppedSnapshot<C, E, F, O>;
  };

  #take(
    { configuration, context, effects, delays }: Step<C, E, F>,
    scope: Scope<C, E, F, O>,
  ): SteppedSnapshot<C, E, F, O> {
    const { self, system } = scope;
    if (effects.length + delays.length > 0)
      scope.defer(() => {
        for (const { id, ms } of delays) {
          this.#delayed?.(self, id, ms);
          if (ms === undefined) system.scheduler.cancel(self, id);
          else system.scheduler.schedule(self, self, { type: id }, ms, id);
        }
        for (const effect of effects) scope.emit(effect);
      });
    const output = configuration.isFinal ? this.#output?.({ context }) : undefined;
    const status = configuration.isFinal ? "done" : "active";
    return { status, output, error: undefined, value: configuration.value, context, configuration } as SteppedSnapshot<
      C,
      E,
      F,
      O
    >;
  }
}
