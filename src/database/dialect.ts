/** The two databases that everything runs on. MariaDB counts as MySQL. */
export type Dialect = 'sqlite' | 'mysql';

export type DatabaseTarget =
  { readonly dialect: 'sqlite'; readonly path: string } | { readonly dialect: 'mysql'; readonly url: string };
