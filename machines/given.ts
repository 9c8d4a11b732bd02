/**
 * What a guard or an action of a chart is given: the event that the transition stands for.
 *
 * `given("send ACK")` names the action, and hands it the event as its parameters. The types hold: it does not compile where
 * the name is unknown, or where the event of that transition lacks what the action asks for.
 */

const theEvent = <Event>({ event }: { event: Event }) => event;

/** An action or a guard by its name, with the event for its parameters. */
export const given = <const Name extends string>(type: Name) => ({ type, params: theEvent }) as const;
