import type { PairedRatio } from './report.ts'

/** The footprint benchmark: what a project takes on with each row, read from the lockfile, the disk, real imports and real bundles. */
export interface Footprint {
  /** How many times each row was imported, each time in a new process, the rows in turn. */
  spawns: number
  rows: FootprintRow[]
  /** What this machine cannot know, and the command that would, where it can. */
  notMeasured: { what: string; measuredBy: string }[]
}

export interface FootprintRow {
  /** What is imported: `openai`, `@plumbline/scratch`. */
  name: string
  /** The build that it is, for a build of ours. */
  build?: string
  /** Packages that installing it brings, itself included, as the lockfile resolves them. */
  packages: number
  /** On disk, in MB (1,000,000 bytes). */
  installMb: number
  /** Packages that run a script when they are installed. */
  installScripts: number
  /** SPDX expressions of all of them, sorted, each once; `unknown` for a package that names none. */
  licences: string[]
  /** From the start of the import to its end, in ms. */
  importMs: Spread
  /** `importMs` against the `openai` row, spawn by spawn; missing for that row. */
  importToSdk?: PairedRatio
  /** Resident memory of the process after the import, less that of one that imports nothing, in MB. */
  rssMb: Spread
  bundles: Bundle[]
  /** Names that its entry exports, types not counted. */
  exportedNames: number
  /** Lines of the build's own source files, by file; missing for others. */
  ownFiles?: SourceFile[]
  /** Lines of the files of `core` that the entry reaches; missing for others. */
  coreFiles?: SourceFile[]
}

/** Of several measurements: the median, the quartiles and all of them in the order in which they were taken. */
export interface Spread {
  median: number
  low: number
  high: number
  samples: number[]
}

/** One bundle of everything that the entry exports, minified; the two sizes are missing where it cannot be made. */
export interface Bundle {
  target: 'node' | 'browser'
  minifiedKb?: number
  gzipKb?: number
  /** Why there is none. */
  reason?: string
}

export interface SourceFile {
  /** Below the package's `src`. */
  path: string
  lines: number
}

/** The lines of some files together. */
export function linesOf(files: readonly SourceFile[]): number {
  return files.reduce((sum, { lines }) => sum + lines, 0)
}
