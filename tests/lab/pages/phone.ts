/** What a phone in a page can do and tell; both pages, the one of XMPP and the one of SIP, are such phones. */

export interface PagePhone {
  /** Comes online; its full address. */
  connect(account: Account): Promise<string>;
  call(to: string): Promise<void>;
  ring(): Promise<void>;
  answer(): Promise<void>;
  decline(): Promise<void>;
  hangUp(): Promise<void>;
  hold(): Promise<void>;
  resume(): Promise<void>;
  /** Ends the call, if there is one. */
  forget(): Promise<void>;
  /** What of the call's sound has come by now. */
  heard(): Promise<Heard>;
}

export interface Account {
  readonly server: string;
  readonly user: string;
  readonly password: string;
  /** XMPP: who is told of our presence, too. */
  readonly gateway: string;
  /** The tone it sings. */
  readonly hertz: number;
}

export interface Heard {
  /** The strongest tone. */
  readonly hertz: number;
  readonly decibel: number;
  readonly packets: number;
  readonly connection: string;
}

/** Something that has happened to a call. */
export interface Told {
  readonly what: "incoming" | "ringing" | "answered" | "held" | "resumed" | "ended";
  /** Who calls, or why it has ended. */
  readonly why: string;
}
