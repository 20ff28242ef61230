import { conditions } from './conditions/queries';
import { entities } from './entities/queries';
import { enumsAndInputs } from './enums-and-inputs/queries';
import { errors } from './errors/queries';
import { external } from './external/queries';
import { inaccessible } from './inaccessible/queries';
import { interfaceObject } from './interface-object/queries';
import { interfaces } from './interfaces/queries';
import { introspection } from './introspection/queries';
import { keysMixed } from './keys-mixed/queries';
import { keys } from './keys/queries';
import { linkedNames } from './linked-names/queries';
import { mutations } from './mutations/queries';
import { nodes } from './nodes/queries';
import { nulls } from './nulls/queries';
import { override } from './override/queries';
import { progressiveOverride } from './progressive-override/queries';
import { provides } from './provides/queries';
import { requiresAbstract } from './requires-abstract/queries';
import { requiresArguments } from './requires-arguments/queries';
import { requiresChains } from './requires-chains/queries';
import { requires } from './requires/queries';
import { responseKeys } from './response-keys/queries';
import { scalars } from './scalars/queries';
import { shareable } from './shareable/queries';
import { unions } from './unions/queries';
import { conformance } from './suite';

/** One file for all features: to load the gateway takes longer than to ask it everything. */
[
  conditions,
  entities,
  enumsAndInputs,
  errors,
  external,
  inaccessible,
  interfaceObject,
  interfaces,
  introspection,
  keysMixed,
  keys,
  linkedNames,
  mutations,
  nodes,
  nulls,
  override,
  progressiveOverride,
  provides,
  requiresAbstract,
  requiresArguments,
  requiresChains,
  requires,
  responseKeys,
  scalars,
  shareable,
  unions,
].forEach(conformance);
