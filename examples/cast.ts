/**
 * The people of the demo: some with XMPP addresses, some with phones.
 *
 * The numbers are in ranges reserved for fiction: Ofcom's +44 20 7946 0xxx, +44 1632 960xxx and +44 7700 900xxx, the NANP's
 * 555-01xx, the Bundesnetzagentur's +49 30 23125xxx and ARCEP's +33 1 99 00 xx xx.
 */
export interface PhoneOwner {
  readonly name: string;
  readonly number: string;
}

/** The XMPP domain of the demo's users. */
export const DOMAIN = "verona.example";

export const USERS: readonly string[] = [
  "juliet@verona.example/balcony",
  "romeo@verona.example/orchard",
  "mercutio@verona.example/square",
  "benvolio@verona.example/grove",
  "tybalt@verona.example/hall",
  "nurse@verona.example/chamber",
  "rosaline@verona.example/feast",
  "paris@verona.example/churchyard",
  "abram@verona.example/street",
  "peter@verona.example/kitchen",
  "petruchio@verona.example/hall",
  "potpan@verona.example/kitchen",
];

/** Not online on any device: a message must wake the client. */
export const ASLEEP = "balthasar@verona.example/road";

export const PHONES: readonly PhoneOwner[] = [
  { name: "Friar Laurence", number: "+442079460142" },
  { name: "Friar John", number: "+441632960381" },
  { name: "Lord Capulet", number: "+493023125017" },
  { name: "Lady Capulet", number: "+493023125018" },
  { name: "Lord Montague", number: "+33199004712" },
  { name: "Lady Montague", number: "+33199004713" },
  { name: "Prince Escalus", number: "+12125550142" },
  { name: "The Apothecary", number: "+447700900461" },
  { name: "Sampson", number: "+447700900118" },
  { name: "Gregory", number: "+12125550177" },
  { name: "The Watch", number: "+493023125112" },
  { name: "The Page", number: "+33199000861" },
];
