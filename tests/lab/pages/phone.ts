/** What a phone in a page can do and tell; both pages, the one of XMPP and the one of SIP, are such phones. */

export interface PagePhone {
  /** Comes online; its full address. */
  connect(account: Account): Promise<string>;
  call(to: string, extras?: Extras): Promise<void>;
  /** Says something over the data channel of the call. */
  write(text: string): Promise<void>;
  ring(): Promise<void>;
  answer(): Promise<void>;
  decline(): Promise<void>;
  hangUp(): Promise<void>;
  hold(): Promise<void>;
  resume(): Promise<void>;
  /** XMPP: begins ICE anew, in a call of its own. */
  restart?(): Promise<void>;
  /** Presses a key, which is heard as RTP (RFC 4733). */
  press(key: string): Promise<void>;
  /** Ends the call, if there is one. */
  forget(): Promise<void>;
  /** What of the call's sound has come by now. */
  heard(): Promise<Heard>;
}

/** What a call has besides its sound. */
export interface Extras {
  readonly data?: true;
  readonly video?: true;
  /** It sends and does not want to hear. */
  readonly pages?: true;
  /** XMPP: it ends the call as Conversations does, where the answer has a content without a fingerprint. */
  readonly insists?: true;
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
  readonly ice: string;
}

/** Something that has happened to a call. */
export interface Told {
  readonly what: "incoming" | "ringing" | "answered" | "held" | "resumed" | "ended" | "open" | "wrote";
  /** Who calls, why it has ended, or what was written. */
  readonly why: string;
}
