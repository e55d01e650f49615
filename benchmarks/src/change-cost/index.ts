import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { ChangeCost, ChangeCostRow } from '@plumbline/report'

import { builds, changes } from './changes.ts'
import { checkSources, runTests } from './check-copies.ts'
import { countPackagesAdded } from './packages-added.ts'
import { makePatchedCopy } from './patched-copy.ts'
import { readPatch, type Patch, type PatchedFile } from './patch.ts'

export interface ChangeCostOptions {
  onProgress?: (what: string) => void
}

/**
 * What each change costs in each build. Every patch is applied to a copy of its own, formatted, linted and type-checked as this
 * repository is, and its tests run over real HTTP. Throws `Error` where a patch no longer applies or its tests fail: then there is
 * no figure.
 */
export async function measureChangeCost({ onProgress }: ChangeCostOptions = {}): Promise<ChangeCost> {
  const patches = changes.flatMap((change) => builds.map((build) => readPatch(change, build)))
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-changes-'))
  const copyOf = ({ change, build }: Patch): string => join(folder, `${change.id}-${build}`)
  try {
    for (const patch of patches) makePatchedCopy(copyOf(patch), patch)
    const files = patches.flatMap((patch) => patch.files.map(({ path }) => join(copyOf(patch), path)))
    const sources = files.filter((file) => file.endsWith('.ts'))
    onProgress?.(`checking ${sources.length} files of ${patches.length} patches`)
    await checkSources(folder, sources)
    onProgress?.('running their tests')
    await runTests(
      folder,
      sources.filter((file) => file.endsWith('.test.ts')),
    )
    return { rows: patches.map((patch) => toRow(patch, countPackagesAdded(copyOf(patch), patch.build))) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function toRow({ change, build, path, files }: Patch, packages: number): ChangeCostRow {
  const tests = files.filter(({ isTest }) => isTest)
  const sources = files.filter(({ isTest }) => !isTest)
  return {
    change: change.id,
    what: change.what,
    build,
    linesAdded: sum(sources, ({ linesAdded }) => linesAdded),
    linesRemoved: sum(sources, ({ linesRemoved }) => linesRemoved),
    files: sources.length,
    packages,
    testLines: sum(tests, ({ linesAdded, linesRemoved }) => linesAdded + linesRemoved),
    patch: path,
  }
}

function sum(files: readonly PatchedFile[], count: (file: PatchedFile) => number): number {
  return files.reduce((total, file) => total + count(file), 0)
}
