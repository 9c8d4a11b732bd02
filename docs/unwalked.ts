/** States and ways of the call's chart that no play walks, and why. It only shrinks: a row that a play walks fails (tests/house/coverage.test.ts). */
const ONE_SIDE = "an event tells of one side's hold alone";

export const UNWALKED: Readonly<Record<string, string>> = {
  "established.hold.heldByPhone | at once | the user holds | established.hold.heldByUser": ONE_SIDE,
  "established.hold.heldByUser | at once | the phone holds | established.hold.heldByPhone": ONE_SIDE,
  "established.hold.heldByBoth | at once | nobody holds | established.hold.talking": ONE_SIDE,
  "ending.withdrawing | sip.invite.success |  | ending.hangingUp":
    "an answer is read before the user leaves or not at all, and one that comes before any provisional response was not read",
};
