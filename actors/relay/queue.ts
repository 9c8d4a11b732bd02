/**
 * The jobs of one call in one direction: one after the other, at once if none waits.
 *
 * Rules: a job that waits (for the relay) makes all later ones of its queue wait; an exception of a job is reported, and the
 * next one runs. Bound: beyond `MOST_JOBS` the queue is full, and callers refuse what can be refused; the end of a call is
 * always added.
 */
const MOST_JOBS = 64;

export type Job = () => void | Promise<void>;

export class JobQueue {
  readonly #jobs: Job[] = [];
  readonly #fault: (error: unknown) => void;
  #busy = false;

  constructor(fault: (error: unknown) => void) {
    this.#fault = fault;
  }

  /** Whether jobs that can be refused or dropped must not be added now. */
  get isFull(): boolean {
    return this.#jobs.length >= MOST_JOBS;
  }

  add(job: Job): void {
    this.#jobs.push(job);
    if (!this.#busy) this.#run();
  }

  #run(): void {
    this.#busy = true;
    for (let job = this.#jobs.shift(); job; job = this.#jobs.shift()) {
      const waits = this.#begin(job);
      if (waits) return void waits.catch(this.#fault).then(() => this.#run());
    }
    this.#busy = false;
  }

  #begin(job: Job): void | Promise<void> {
    try {
      return job();
    } catch (error) {
      this.#fault(error);
    }
  }
}
