export { minutesFrom, MINUTES_KEPT_MS, recordsFrom } from './kept';
export { meteringSink, type MeteringSink } from './sink';
export { Upkeep, type UpkeepOptions } from './upkeep';
