import { World, type Row } from '../../world';
import { find, loadedBy } from '../rows';

const photos: Row[] = [
  { id: 'f1', url: 'one.png', alt: 'One' },
  { id: 'f2', url: 'two.png', alt: 'Two' },
];
const zones: Row[] = [
  { __typename: 'Tank', id: 'z1', photo: photos[0], name: 'Tank', litres: 5, cover: photos[1] },
  { __typename: 'Cage', id: 'z2', photo: photos[0], name: 'Cage', bars: 'many', cover: photos[0] },
];
const thumbnail = (row: Row, { width, crop }: Row) =>
  `${String(row['url'])}@${String(width)}${crop === undefined ? '' : JSON.stringify(crop)}`;
const caption = (row: Row, { upper }: Row) =>
  upper === true ? String(row['alt']).toUpperCase() : row['alt'];

/** Entities that are reached by several types, so that one fetch serves selections that share response keys. */
export function world(): World {
  const zonesRoot = () => zones;
  const photo = (_: Row, { id }: Row) => find(photos, 'id', id);
  return new World({
    subgraphs: {
      zoo: {
        sdl: `
          type Query { zones: [Zone!]!  photo(id: ID!): Photo }
          interface Zone { id: ID! name: String }
          type Tank implements Zone @key(fields: "id") { id: ID! name: String litres: Int photo: Photo cover: Photo }
          type Cage implements Zone @key(fields: "id") { id: ID! name: String bars: String photo: Photo cover: Photo }
          type Photo @key(fields: "id") { id: ID! alt: String }`,
        resolvers: { Query: { zones: zonesRoot, photo } },
        loaders: { Tank: loadedBy(zones, 'id'), Cage: loadedBy(zones, 'id'), Photo: loadedBy(photos, 'id') },
      },
      media: {
        sdl: `
          type Photo @key(fields: "id") { id: ID! url: String thumbnail(width: Int = 10, crop: Crop): String caption(upper: Boolean): String }
          input Crop { x: Int y: Int }
          type Tank @key(fields: "id") { id: ID! size: Int }
          type Cage @key(fields: "id") { id: ID! size: String }`,
        resolvers: { Photo: { thumbnail, caption }, Tank: { size: () => 1 }, Cage: { size: () => 'one' } },
        loaders: { Photo: loadedBy(photos, 'id'), Tank: ({ id }) => ({ id }), Cage: ({ id }) => ({ id }) },
      },
    },
    whole: {
      Query: { zones: zonesRoot, photo },
      Photo: { thumbnail, caption },
      Tank: { size: () => 1 },
      Cage: { size: () => 'one' },
    },
  });
}
