/** One run of `plumbline bench`, as `report.json` holds it. Additions keep the schema version; changes of meaning raise it. */
export interface Report {
  schemaVersion: 1
  /** ISO 8601, UTC. */
  startedAt: string
  endedAt: string
  environment: {
    commit: string
    dirty: boolean
    lockfileHash: string
    node: string
    os: string
    cpu: string
    cores: number
    loadAverage: number
  }
  conformance: ReportEntrant[]
  overhead: ReportOverhead
}

export interface ReportEntrant {
  name: string
  version: string
  outcomes: { id: string; outcome: string; reason?: string }[]
}

export interface ReportOverhead {
  rounds: number
  callsPerRound: number
  seed: number
  rows: {
    name: string
    cpuUsPerCall: number
    toSdk?: { ratio: number; low: number; high: number; n: number }
    noDifferenceShown: boolean
    samples: number[]
  }[]
}
