/** The faults benchmark: what each entrant makes of a provider that misbehaves, in real time over loopback HTTP. */
export interface Faults {
  /** A call that has not ended by then is given up, in ms. */
  limitMs: number
  /** The deadline that the caller gave each call, in ms. */
  deadlineMs?: number
  /** What the provider did, in the order of the table. */
  faults: FaultFacts[]
  rows: FaultRow[]
}

export interface FaultFacts {
  id: string
  /** What the provider does, in a few words. */
  what: string
  /** Whether the call asked for a stream. */
  stream: boolean
}

export interface FaultRow {
  fault: string
  entrant: string
  version: string
  /** `defaults`: nothing was set. `2 retries`: told so; our builds have that as their default. */
  retries: 'defaults' | '2 retries'
  /** Requests that reached the provider. */
  attempts: number
  /** `hangs`: it had not ended within the limit. */
  outcome: 'success' | 'error' | 'hangs'
  /** Time to success or error, in ms; the limit where it hangs. */
  elapsedMs: number
  /** Class and code of the error, where it has them. */
  errorName?: string
  errorCode?: string
  /** Whether the stack of the error shows the function that made the call. */
  hasCallerFrame?: boolean
}
