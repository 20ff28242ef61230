import { remoteError } from '../../src/gateway/remote-error';
import { outwardGraphError } from '../../src/http/graphql';

/** What a subgraph of somebody else says goes out as it is, whatever it sounds like. */
test.each(['Maximum call stack size exceeded', 'Syntax Error: Document contains more than 5 tokens'])(
  '%s',
  (message) => {
    const onFault = jest.fn();
    const error = remoteError('reviews', message, ['reviews'], {});
    const formatted = { message, extensions: { subgraph: 'reviews' } };
    expect(outwardGraphError(formatted, error, { onFault })).toBe(formatted);
    expect(onFault).not.toHaveBeenCalled();
  },
);
