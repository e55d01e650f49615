export { knownEntrants, loadEntrant, readRecorded, writeRecorded } from './entrants.ts'
export { readEnvironment } from './method/environment.ts'
export { measureOverhead } from './overhead.ts'

export type { KnownEntrant } from './entrants.ts'
export type { OverheadOptions } from './overhead.ts'
