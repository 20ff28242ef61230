/** What is called: an algorithm with its versions, as it is in the database. */
export interface Place {
  readonly ownerId: number;
  readonly algorithmId: number;
  /** `owner/name` */
  readonly ref: string;
  /** In the order of precedence. */
  readonly versions: readonly PlaceVersion[];
  /** A build that no version names. */
  readonly loose: PlaceBuild;
}

export interface PlaceBuild {
  readonly buildId: number;
  readonly sha: string;
}

export interface PlaceVersion extends PlaceBuild {
  readonly id: number;
  readonly version: string;
  readonly major: number;
}

/** Who calls: an owner by a key of its own. */
export interface PlaceCaller {
  readonly ownerId: number;
  readonly keyId: number;
}

/** What calls are to be written as if they had been made; moments in epoch milliseconds. */
export interface HistoryPlan {
  readonly from: number;
  /** The history ends here. */
  readonly to: number;
  /** How many calls there were, evenly over all of the time. */
  readonly calls: number;
  /** The first `steady` of them call all the time; each other one on some days, for one to three hours. */
  readonly callers: readonly PlaceCaller[];
  readonly steady: number;
  /** From when on there are rollups of hours, and of minutes; those of days and months are of all the time. */
  readonly hoursFrom: number;
  readonly minutesFrom: number;
  /** The calls of the slots that begin in this time are recorded as well; null: none are. */
  readonly recorded: { readonly from: number; readonly to: number } | null;
  /** Histories of the same seed are the same. */
  readonly seed: number;
}
