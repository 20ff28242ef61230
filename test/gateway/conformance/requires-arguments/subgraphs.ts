import { World, type Row } from '../../world';
import { asGiven, find, loadedBy } from '../rows';

const rooms: Row[] = [
  { id: 'm1', celsius: 20, sensor: { raw: 7 }, visits: [3, 5, 9] },
  { id: 'm2', celsius: -5, sensor: null, visits: [] },
];
const FACTORS: Record<string, number> = { C: 1, K: 100, MILLI: 1000 };
const scaled = (value: unknown, unit: unknown) =>
  typeof value === 'number' ? value * (FACTORS[String(unit)] ?? 0) : null;
const temperature = (row: Row, { unit }: Row) => scaled(row['celsius'], unit);
const visits = (row: Row, { first }: Row) => (row['visits'] as number[]).slice(0, Number(first));
const raw = (row: Row, { unit }: Row) => scaled(row['raw'], unit);
const heating = (row: Row, { by }: Row) => `${String(row['temperature'])} by ${String(by)}`;

/** What is required is a field with arguments: those in the field set, whatever the caller asks the same field with. */
export function world(): World {
  const roomsRoot = () => rooms;
  const room = (_: Row, { id }: Row) => find(rooms, 'id', id);
  return new World({
    subgraphs: {
      rooms: {
        sdl: `
          type House { rooms: [Room!]! }
          type Query { house: House  rooms: [Room!]!  room(id: ID!): Room }
          type Room @key(fields: "id") { id: ID! temperature(unit: Unit! = C): Int sensor: Sensor visits(first: Int = 1): [Int!] }
          type Sensor { raw(unit: Unit! = C): Int }
          enum Unit { C K MILLI }`,
        resolvers: {
          Query: { rooms: roomsRoot, room, house: () => ({ rooms }) },
          Room: { temperature, visits },
          Sensor: { raw },
        },
        loaders: { Room: loadedBy(rooms, 'id') },
      },
      heaters: {
        sdl: `
          type Room @key(fields: "id") {
            id: ID! temperature(unit: Unit! = C): Int @external sensor: Sensor @external visits(first: Int = 1): [Int!] @external
            heating(by: Int = 1): String @requires(fields: "temperature(unit: K)")
            cooling: String @requires(fields: "temperature(unit: MILLI)")
            calibration: Int @requires(fields: "sensor { raw(unit: K) }")
            traffic: Int @requires(fields: "visits(first: 2)")
          }
          type Sensor { raw(unit: Unit! = C): Int @external }
          enum Unit { C K MILLI }`,
        resolvers: {
          Room: {
            heating,
            cooling: (row) => `${String(row['temperature'])} down`,
            calibration: (row) => (row['sensor'] as Row | null)?.['raw'] ?? null,
            traffic: (row) => (row['visits'] as number[]).reduce((sum, each) => sum + each, 0),
          },
        },
        loaders: { Room: asGiven },
      },
    },
    whole: {
      Query: { rooms: roomsRoot, room, house: () => ({ rooms }) },
      Room: {
        temperature,
        visits,
        heating: (row, args) => heating({ temperature: temperature(row, { unit: 'K' }) }, args),
        cooling: (row) => `${String(temperature(row, { unit: 'MILLI' }))} down`,
        calibration: (row) => raw((row['sensor'] ?? {}) as Row, { unit: 'K' }),
        traffic: (row) => visits(row, { first: 2 }).reduce((sum, each) => sum + each, 0),
      },
      Sensor: { raw },
    },
  });
}
