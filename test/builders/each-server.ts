import { DATABASES } from './databases';
import type { Settings } from './server';
import { World } from './world';

/** Runs the same tests on a server of each database: one world for all of them, made before and stopped after. */
export function describeOnEachServer(
  title: string,
  tests: (world: () => World) => void,
  settings: Settings = {},
): void {
  describe.each(DATABASES)(`${title} on %s`, (_name, create) => {
    let world: World | null = null;
    beforeAll(async () => {
      world = await World.start(create, settings);
    });
    afterAll(() => world?.stop());
    tests(() => {
      if (world === null) throw new Error('the world is made by beforeAll: ask for it within a test');
      return world;
    });
  });
}
