import type { BackendName } from '../../examples/backends';

/** What the demo marketplace has in it. */
export interface DemoAlgorithm {
  readonly owner: string;
  readonly name: BackendName;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly versions: readonly DemoVersion[];
}

export interface DemoVersion {
  readonly version: string;
  readonly visibility?: 'PRIVATE';
  readonly stability?: 'BETA';
  readonly releaseNotes: string;
  readonly sampleInput?: string;
}

export const DEMO_USERS = ['ada', 'mel', 'otto'] as const;

/** Organisations, with their admin and members: `otto` is an outsider to all of them. */
export const DEMO_ORGANIZATIONS = [
  { handle: 'util', displayName: 'Utilities', admin: 'ada', members: [] },
  { handle: 'acme', displayName: 'Acme Diagnostics', admin: 'ada', members: ['mel'] },
  { handle: 'labs', displayName: 'Demo Labs', admin: 'ada', members: [] },
] as const;

export const DEMO_ALGORITHMS: readonly DemoAlgorithm[] = [
  {
    owner: 'util',
    name: 'echo',
    summary: 'Gives back what it is given.',
    tags: ['demo'],
    versions: [
      { version: '0.1.0', releaseNotes: 'Gives the input back.', sampleInput: '"hello"' },
      { version: '0.2.0', releaseNotes: 'Says the length too.', sampleInput: '"hello"' },
      { version: '0.2.1', releaseNotes: 'Counts characters, not code units.', sampleInput: '"👋"' },
    ],
  },
  {
    owner: 'acme',
    name: 'cancer-detection-ensemble',
    summary: 'Soft voting over the probabilities of several models.',
    tags: ['pathology', 'ensemble'],
    versions: [
      { version: '1.0.1', releaseNotes: 'Weighted soft voting.' },
      {
        version: '1.0.2',
        visibility: 'PRIVATE',
        releaseNotes: 'Staged: votes on logits, for members to try.',
      },
    ],
  },
  {
    owner: 'labs',
    name: 'csv-statistics',
    summary: 'Describes each column of a CSV: mean, deviation, quartiles, correlations.',
    tags: ['statistics'],
    versions: [
      { version: '1.0.0', releaseNotes: 'Statistics of each column.' },
      { version: '1.1.0', releaseNotes: 'Correlations of the numeric columns.' },
    ],
  },
  {
    owner: 'labs',
    name: 'language-detection',
    summary: 'Says in which language a text is written.',
    tags: ['text'],
    versions: [{ version: '1.0.0', releaseNotes: 'First release.' }],
  },
  {
    owner: 'labs',
    name: 'image-histogram',
    summary: 'Histograms of the channels of a PNG.',
    tags: ['imaging'],
    versions: [{ version: '1.0.0', releaseNotes: 'First release.' }],
  },
  {
    owner: 'labs',
    name: 'fedavg-resnet50-pathology',
    summary: 'Federated averaging of the weights that clients trained.',
    tags: ['federated-learning', 'pathology'],
    versions: [
      { version: '1.0.0', releaseNotes: 'Sample-weighted averages.' },
      { version: '1.1.0', releaseNotes: "The norm of each client's update." },
    ],
  },
  {
    owner: 'labs',
    name: 'biomarker-discovery-spatial',
    summary: "Moran's I of each marker over the cells of a tissue.",
    tags: ['spatial', 'biomarkers'],
    versions: [
      { version: '2.0.0', releaseNotes: "Moran's I per marker." },
      { version: '3.0.0-beta.1', stability: 'BETA', releaseNotes: 'Permutation p-values, to be tried.' },
    ],
  },
];
