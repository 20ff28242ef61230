import { within } from '../src/waiting';

const HOUR = 3_600_000;
const never = new Promise<never>(() => undefined);
const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test('what ends in time gives what it gives, and leaves no timer', async () => {
  const before = timers();
  const late = () => 'late';
  expect(await within(HOUR, Promise.resolve('done'), late)).toBe('done');
  await expect(within(HOUR, Promise.reject(new Error('broken')), late)).rejects.toThrow('broken');
  expect(timers()).toBe(before);
});

test('what does not gives what is said for it', async () => {
  expect(await within(1, never, () => 'late')).toBe('late');
  const refuse = () => {
    throw new Error('too late');
  };
  await expect(within(1, never, refuse)).rejects.toThrow('too late');
});

test('nobody hears of what fails later', async () => {
  let fail = (): void => undefined;
  const work = new Promise<never>((_resolve, reject) => {
    fail = () => reject(new Error('broken'));
  });
  expect(await within(1, work, () => null)).toBeNull();
  const unheard = jest.fn();
  process.once('unhandledRejection', unheard);
  fail();
  await new Promise((resolve) => setTimeout(resolve, 1));
  process.off('unhandledRejection', unheard);
  expect(unheard).not.toHaveBeenCalled();
});
