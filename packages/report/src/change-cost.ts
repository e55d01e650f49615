/** The change-cost benchmark: the same change made to each build, as a committed patch that was applied and whose tests passed. */
export interface ChangeCost {
  rows: ChangeCostRow[]
}

export interface ChangeCostRow {
  /** `second-provider`, `tool-loop`, `structured-output`, `retrieval`, `cache-store`, `sdk-major`. */
  change: string
  /** What the change does, in a sentence. */
  what: string
  build: string
  /** Lines of source that the patch adds and removes; tests are not in them. */
  linesAdded: number
  linesRemoved: number
  /** Source files that it touches. */
  files: number
  /** Packages that it adds to the lockfile. */
  packages: number
  /** Lines of tests that it adds and removes. */
  testLines: number
  /** Where the patch is, below the repository. */
  patch: string
}
