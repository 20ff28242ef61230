import 'reflect-metadata';

import { DataSource } from 'typeorm';

import { readConfig } from './src/config';
import { dataSourceOptions } from './src/database/options';

/** The DataSource of TypeORM's own command line; the program opens the same options through `src/database`. */
export const dataSource = new DataSource(dataSourceOptions(readConfig().database));
