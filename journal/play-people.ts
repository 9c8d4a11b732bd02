/** The devices of plays: their names and full JIDs. */
export const DEVICES: Readonly<Record<string, string>> = {
  juliet: "juliet@example.org/balcony",
  "juliet-phone": "juliet@example.org/phone",
  romeo: "romeo@example.org/orchard",
  mallory: "mallory@elsewhere.example/x",
};

/** A device's name in plays; without one, its JID. */
export const deviceName = (jid: string): string => Object.keys(DEVICES).find((name) => DEVICES[name] === jid) ?? jid;
