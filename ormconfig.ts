import 'reflect-metadata';

import { readConfig } from './src/config';
import { dataSourceFor } from './src/database/options';

/** The DataSource of TypeORM's own command line; the program opens the same options through `src/database`. */
export const dataSource = dataSourceFor(readConfig().database);
