/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.[cm]?[jt]s$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: false },
          target: 'es2023',
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // the one loads Node's own `http` by `import()`, which Jest runs only where it was made a `require`; the other is of
  // ES modules alone
  transformIgnorePatterns: ['/node_modules/(?!(@opentelemetry/otlp-exporter-base|jose)/)'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  // of two cores Jest would leave one idle
  maxWorkers: 2,
  testTimeout: 60_000,
  globalSetup: '<rootDir>/test/global-setup.js',
  globalTeardown: '<rootDir>/test/global-teardown.js',
  setupFiles: ['reflect-metadata', '<rootDir>/test/typescript-children.js'],
};
