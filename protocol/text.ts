/**
 * A copy of a text that was cut out of another one.
 *
 * Engines keep the whole text for the sake of its parts: an address of ten characters would keep a browser's session-initiate
 * in memory for as long as the call lasts. So a reader copies what a call remembers; by way
 * of JSON, since what only looks like a copy (`${text}`, a slice) keeps the whole one too.
 */
export const ownText = (text: string): string => JSON.parse(JSON.stringify(text)) as string;
