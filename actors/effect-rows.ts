/** Effects as rows of a table: an effect of the vocabulary without a row for a side of the call does not compile. */

/** The handler of each effect at one side of a call. */
export type EffectRows<Effect extends { readonly type: string }, Side> = {
  readonly [Type in Effect["type"]]: (side: Side, effect: Effect & { readonly type: Type }) => void;
};

/** Performs an effect by its row. */
export function performBy<Effect extends { readonly type: string }, Side>(
  rows: EffectRows<Effect, Side>,
  side: Side,
  effect: Effect,
): void {
  const row: (side: Side, effect: never) => void = rows[effect.type as Effect["type"]];
  row(side, effect as never);
}
