import { runLoad, type LoadSpec } from '../tools/load';
import { serve } from '../tools/serve';

/** The load generator, in a process of its own so that it can be bound to a core. */
serve({ run: (spec: LoadSpec) => runLoad(spec) });
