/** States and ways of the call's chart that no play walks, and why. It only shrinks: a row that a play walks fails (tests/house/coverage.test.ts). */
export const UNWALKED: Readonly<Record<string, string>> = {};
