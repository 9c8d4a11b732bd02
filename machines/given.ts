/**
 * `given("send ACK")` names an action or a guard, and passes it the event of its transition as parameters.
 *
 * It does not compile where the name is unknown, or where the event lacks what the action needs.
 */

const theEvent = <Event>({ event }: { event: Event }) => event;

/** An action or a guard by its name, with the event for its parameters. */
export const given = <const Name extends string>(type: Name) => ({ type, params: theEvent }) as const;
