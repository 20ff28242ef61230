import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** How many are kept at least before they are looked through. */
const SOME = 64;
const LOOK_EVERY_MS = 20;

/**
 * Answers that may not have left yet: what a slow reader has not taken waits in our memory after its call has ended.
 * Nobody listens to them, as most are gone at once: they are looked at when there are many, and when we stop.
 */
export class OpenAnswers {
  private readonly answers = new Set<ServerResponse>();
  private enough = SOME;

  /** How many are kept, some that have left among them. */
  get size(): number {
    return this.answers.size;
  }

  add(answer: ServerResponse): void {
    if (isOver(answer)) return;
    this.answers.add(answer);
    if (this.answers.size < this.enough) return;
    this.forgetOver();
    this.enough = Math.max(SOME, 2 * this.answers.size);
  }

  /**
   * Waits until those that are open now have left or were given up. Who has not sent the whole of a request, and was
   * not answered before that, is not waited for.
   * @param ms at most so long
   * @returns whether all of them have
   */
  async left(ms: number): Promise<boolean> {
    const until = performance.now() + ms;
    this.forgetOver();
    let open = [...this.answers].filter(({ req, headersSent }) => req.complete || headersSent);
    while (open.length > 0) {
      if (performance.now() >= until) return false;
      await sleep(LOOK_EVERY_MS);
      open = open.filter((answer) => !isOver(answer));
    }
    return true;
  }

  private forgetOver(): void {
    for (const answer of this.answers) if (isOver(answer)) this.answers.delete(answer);
  }
}

/** An answer that waits behind another on its connection never hears that this is gone: so the request is asked. */
function isOver(answer: ServerResponse): boolean {
  return answer.writableFinished || answer.destroyed || answer.req.socket.destroyed;
}
