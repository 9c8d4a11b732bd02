/**
 * `given("send ACK")` refers to an action or a guard, and passes it the event of its transition as parameters.
 *
 * It does not compile if the name is unknown, or if the event lacks what the action needs.
 */

const theEvent = <Event>({ event }: { event: Event }) => event;

/** An action or a guard by its name, with the event as its parameters. */
export const given = <const Name extends string>(type: Name) => ({ type, params: theEvent }) as const;
