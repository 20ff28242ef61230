export { minutesFrom, recordsFrom } from './kept';
export { Maintenance } from './maintenance';
export { meteringSink } from './sink';
