/**
 * Storage for byte arrays released in about the order they were stored: the packed entries of ended calls.
 *
 * Bytes are copied one after another into pieces of `PIECE` bytes, and a piece is reused once all its contents are released: ended
 * calls cause no allocation or garbage collection. Bounds: the pieces hold what is stored at once, plus one piece, plus the unused
 * end of each; anything larger than a quarter of a piece is allocated separately. Rule: released bytes are no longer read.
 */

const PIECE = 1_048_576;

interface Piece {
  readonly bytes: Uint8Array;
  end: number;
  /** Number of byte arrays stored in it. */
  kept: number;
}

/** Bytes stored until they are released. A view of them is made when they are read, since the garbage collector walks all views of a piece. */
export class Stored {
  readonly piece: Piece;
  readonly size: number;
  readonly #from: number;

  constructor(piece: Piece, from: number, size: number) {
    this.piece = piece;
    this.#from = from;
    this.size = size;
  }

  get bytes(): Uint8Array {
    return this.piece.bytes.subarray(this.#from, this.#from + this.size);
  }
}

export class Ring {
  #now: Piece | undefined;
  readonly #free: Piece[] = [];

  /** Stores a copy of the bytes. */
  keep(bytes: Uint8Array): Stored {
    const { length } = bytes;
    const piece = length > PIECE / 4 ? { bytes: new Uint8Array(length), end: 0, kept: 0 } : this.#pieceFor(length);
    piece.bytes.set(bytes, piece.end);
    piece.end += length;
    piece.kept++;
    return new Stored(piece, piece.end - length, length);
  }

  release({ piece }: Stored): void {
    piece.kept--;
    if (piece.kept > 0) return;
    piece.end = 0;
    if (piece !== this.#now && piece.bytes.length === PIECE) this.#free.push(piece);
  }

  #pieceFor(length: number): Piece {
    const now = this.#now;
    if (now !== undefined && now.end + length <= PIECE) return now;
    const piece = this.#free.pop() ?? { bytes: new Uint8Array(PIECE), end: 0, kept: 0 };
    this.#now = piece;
    return piece;
  }
}
