import type { ChangeCost } from '../change-cost.ts'
import type { Footprint, FootprintRow } from '../footprint.ts'

// Every figure in this file is made up: round, regular, and measured nowhere.

/** The bare SDK and both builds. */
export function footprintOf(): Footprint {
  const row = (name: string, size: number, build?: string): FootprintRow => ({
    name,
    ...(build && { build }),
    packages: size,
    installMb: size * 10,
    installScripts: 0,
    licences: ['MIT'],
    importMs: {
      median: size * 100,
      low: size * 90,
      high: size * 110,
      samples: [size * 90, size * 100, size * 110],
    },
    ...(size > 1 && { importToSdk: { ratio: size, low: size - 0.1, high: size + 0.1, n: 3 } }),
    rssMb: { median: size, low: size, high: size, samples: [size, size, size] },
    bundles: [
      { target: 'node', minifiedKb: size * 40, gzipKb: size * 10 },
      size > 1
        ? { target: 'browser', reason: 'needs node:fs' }
        : { target: 'browser', minifiedKb: 40, gzipKb: 10 },
    ],
    exportedNames: size,
    ...(build && {
      ownFiles: [
        { path: 'chat.ts', lines: size * 50 },
        { path: `${build}.ts`, lines: 7 },
      ],
      coreFiles: [{ path: 'index.ts', lines: 1_000 }],
    }),
  })
  return {
    spawns: 3,
    rows: [
      row('openai', 1),
      row('@plumbline/scratch', 2, 'scratch'),
      row('@plumbline/langchain', 4, 'langchain'),
    ],
    notMeasured: [{ what: 'known vulnerabilities', measuredBy: 'npm audit' }],
  }
}

/** One change to both builds. */
export function changeCostOf(): ChangeCost {
  const shared = {
    change: 'tool-loop',
    what: 'Calls tools until there is an answer.',
    packages: 0,
    testLines: 20,
  }
  return {
    rows: [
      {
        ...shared,
        build: 'scratch',
        linesAdded: 60,
        linesRemoved: 2,
        files: 2,
        patch: 'changes/tool-loop/scratch.patch',
      },
      {
        ...shared,
        build: 'langchain',
        linesAdded: 6,
        linesRemoved: 1,
        files: 1,
        patch: 'changes/tool-loop/langchain.patch',
      },
    ],
  }
}
