export { knownEntrants, loadEntrant, readRecorded } from './entrants.ts'
export { readEnvironment } from './method/environment.ts'
export { measureOverhead } from './overhead.ts'

export type { KnownEntrant } from './entrants.ts'
export type { Environment } from './method/environment.ts'
export type { OverheadOptions, OverheadResult, OverheadRow } from './overhead.ts'
