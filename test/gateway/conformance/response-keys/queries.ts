import type { Feature } from '../suite';
import { world } from './subgraphs';

export const responseKeys: Feature = {
  feature: 'aliases, fragments and response keys',
  world,
  cases: [
    {
      name: 'one key with other arguments under exclusive types',
      query:
        '{ zones { ... on Tank { photo { thumbnail(width: 1) } } ... on Cage { photo { thumbnail(width: 2) } } } }',
      expected: {
        data: {
          zones: [{ photo: { thumbnail: 'one.png@1' } }, { photo: { thumbnail: 'one.png@2' } }],
        },
      },
      fetches: { zoo: 1, media: 1 },
    },
    {
      name: 'one key for other fields under exclusive types',
      query:
        '{ zones { ... on Tank { photo { x: url } } ... on Cage { photo { x: thumbnail(width: 3) } } } }',
      expected: {
        data: {
          zones: [{ photo: { x: 'one.png' } }, { photo: { x: 'one.png@3' } }],
        },
      },
      fetches: { zoo: 1, media: 1 },
    },
    {
      name: 'one key for another field than its name says',
      query: '{ zones { ... on Tank { photo { url: caption } } ... on Cage { photo { url } } } }',
      expected: {
        data: {
          zones: [{ photo: { url: 'One' } }, { photo: { url: 'one.png' } }],
        },
      },
      fetches: { zoo: 1, media: 1 },
    },
    {
      name: 'one key with and without an argument',
      query:
        '{ zones { ... on Tank { photo { thumbnail } } ... on Cage { photo { thumbnail(width: 4) } } } }',
      expected: {
        data: {
          zones: [{ photo: { thumbnail: 'one.png@10' } }, { photo: { thumbnail: 'one.png@4' } }],
        },
      },
      fetches: { zoo: 1, media: 1 },
    },
    {
      name: 'one key for other object fields',
      query:
        '{ zones { ... on Tank { p: photo { t: url } } ... on Cage { p: cover { t: caption(upper: true) } } } }',
      expected: {
        data: {
          zones: [{ p: { t: 'one.png' } }, { p: { t: 'ONE' } }],
        },
      },
      fetches: { zoo: 1, media: 1 },
    },
    {
      name: 'arguments that say the same in another order',
      query:
        '{ photo(id: "f1") { thumbnail(width: 1, crop: { x: 1, y: 2 }) ... { thumbnail(crop: { y: 2, x: 1 }, width: 1) } } }',
      expected: { data: { photo: { thumbnail: 'one.png@1{"x":1,"y":2}' } } },
      fetches: { zoo: 1, media: 1 },
    },
    {
      name: 'one field many times with other arguments',
      query:
        '{ photo(id: "f2") { a: thumbnail b: thumbnail(width: 2) c: thumbnail(crop: { x: 0 }) d: caption(upper: true) e: caption } }',
      expected: {
        data: { photo: { a: 'two.png@10', b: 'two.png@2', c: 'two.png@10{"x":0}', d: 'TWO', e: 'Two' } },
      },
      fetches: { zoo: 1, media: 1 },
    },
    {
      name: 'arguments from variables, some not given',
      query:
        'query ($w: Int, $c: Crop, $u: Boolean = true) { photo(id: "f1") { thumbnail(width: $w, crop: $c) caption(upper: $u) } }',
      variables: { c: { x: 5 } },
      expected: { data: { photo: { thumbnail: 'one.png@10{"x":5}', caption: 'ONE' } } },
      fetches: { zoo: 1, media: 1 },
    },
    {
      name: 'a key of the caller where the plan needs a key of the entity',
      query: '{ photo(id: "f1") { id: alt url thumbnail: id } }',
      expected: { data: { photo: { id: 'One', url: 'one.png', thumbnail: 'f1' } } },
      fetches: { zoo: 1, media: 1 },
    },
    {
      name: 'names that the gateway and the planner use',
      query:
        '{ photo(id: "f1") { _alias0_url: url _internal_qp_alias_0: caption __typename_: __typename _entities: thumbnail } }',
      expected: {
        data: {
          photo: {
            _alias0_url: 'one.png',
            _internal_qp_alias_0: 'One',
            __typename_: 'Photo',
            _entities: 'one.png@10',
          },
        },
      },
      fetches: { zoo: 1, media: 1 },
    },
    {
      name: 'one selection in many pieces',
      query:
        '{ photo(id: "f1") { url } photo(id: "f1") { ...P ... on Photo { ...P alt } } } fragment P on Photo { caption thumbnail(width: 7) }',
      expected: { data: { photo: { url: 'one.png', caption: 'One', thumbnail: 'one.png@7', alt: 'One' } } },
      fetches: { zoo: 1, media: 1 },
    },
    {
      name: 'fields of one name that are of other types',
      query: '{ zones { name ... on Tank { tankSize: size } ... on Cage { cageSize: size } } }',
      expected: {
        data: {
          zones: [
            { name: 'Tank', tankSize: 1 },
            { name: 'Cage', cageSize: 'one' },
          ],
        },
      },
      fetches: { zoo: 1, media: 1 },
    },
    {
      name: 'one fragment on the interface, which the types share',
      query:
        '{ zones { ...Z } } fragment Z on Zone { id name ... on Tank { photo { ...P } } ... on Cage { cover { ...P } } } fragment P on Photo { url alt }',
      expected: {
        data: {
          zones: [
            { id: 'z1', name: 'Tank', photo: { url: 'one.png', alt: 'One' } },
            { id: 'z2', name: 'Cage', cover: { url: 'one.png', alt: 'One' } },
          ],
        },
      },
      fetches: { zoo: 1, media: 1 },
    },
  ],
};
