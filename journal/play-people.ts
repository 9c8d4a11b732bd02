/** Who the devices of plays are: their names there, and their full JIDs. */
export const DEVICES: Readonly<Record<string, string>> = {
  juliet: "juliet@example.org/balcony",
  "juliet-phone": "juliet@example.org/phone",
  romeo: "romeo@example.org/orchard",
  mallory: "mallory@elsewhere.example/x",
};

/** A device's name in plays; a JID that has none is its own. */
export const deviceName = (jid: string): string => Object.keys(DEVICES).find((name) => DEVICES[name] === jid) ?? jid;
