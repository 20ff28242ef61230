/** Of a journal: what waits in it for the database, and what the database took of it. */
export interface JournalState {
  /** On disk; bytes. */
  readonly bytes: number;
  /** Records since the start. */
  readonly drained: number;
}

/** What a database takes that has not been seen at work yet: a slow one, so that nobody is told to come too early. */
const RECORDS_PER_SECOND = 1_000;
const BYTES_PER_RECORD = 400;
const SAMPLE_MS = 1_000;
const SAMPLES = 10;

/** How long the journal of this process needs until the database has what is in it now. */
export class Backlog {
  private readonly samples: number[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly journal: () => JournalState) {
    this.timer = setInterval(() => {
      this.sample();
    }, SAMPLE_MS).unref();
  }

  /** An estimate in milliseconds: by the best second of the last ten. */
  get ms(): number {
    const taken = this.samples.map((drained, at) => drained - (this.samples[at - 1] ?? drained));
    const rate = Math.max(RECORDS_PER_SECOND, ...taken);
    return (this.journal().bytes / BYTES_PER_RECORD / rate) * 1000;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private sample(): void {
    this.samples.push(this.journal().drained);
    if (this.samples.length > SAMPLES) this.samples.shift();
  }
}
