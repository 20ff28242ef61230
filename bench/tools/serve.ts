/** A question to a child process, and its answer. */
export interface Asked {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

export type Answered =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: string };

export type Handlers = Readonly<Record<string, (argument: never) => unknown>>;

/**
 * The child's side of `Child`: answers by the handler of each name, one question at a time or several at once.
 * @param close what it does when its parent has let go of it, or is gone
 */
export function serve(handlers: Handlers, close: () => Promise<void> | void = () => undefined): void {
  const all: Handlers = { cpu: () => process.cpuUsage(), ...handlers };
  process.on('message', ({ id, name, argument }: Asked) => {
    const answer = (content: { result: unknown } | { error: string }): void => {
      if (process.connected) process.send?.({ id, ...content });
    };
    new Promise((resolve) => {
      const handler = all[name];
      if (handler === undefined) throw new Error(`there is no ${name}`);
      resolve(handler(argument as never));
    }).then(
      (result) => {
        answer({ result });
      },
      (error: unknown) => {
        answer({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      },
    );
  });
  process.on('disconnect', () => {
    void Promise.resolve(close()).finally(() => process.exit(0));
  });
}
