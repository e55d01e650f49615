import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import type { Footprint, FootprintRow } from '@plumbline/report'

import { repositoryRoot } from '../method/environment.ts'
import { pairedRatio } from '../method/paired-ratio.ts'
import { seededRandom } from '../method/seeded-random.ts'
import { bundleSubject, reachedFiles } from './bundle.ts'
import { measureImports, spreadOf, type ImportSamples } from './import-time.ts'
import { readInstall } from './install.ts'
import { subjects, type Subject } from './subjects.ts'

export interface FootprintOptions {
  /** New processes for each row; at least 12 for an interval that says something. */
  spawns: number
  seed: number
  onProgress?: (what: string) => void
}

/**
 * What each library and each build brings into a project. The builds are compiled first, as they are published; the figures of
 * installing are those of this repository's lockfile and disk.
 */
export async function measureFootprint({ spawns, seed, onProgress }: FootprintOptions): Promise<Footprint> {
  onProgress?.('compiling the packages')
  // What a build's types say of the parts, they read from where those are published.
  await compile('core')
  await Promise.all(['scratch', 'langchain'].map(compile))
  const imports = await measureImports(subjects, spawns, (done, total) =>
    onProgress?.(`imports ${done}/${total}`),
  )
  const rows: FootprintRow[] = []
  for (const [index, subject] of subjects.entries()) {
    onProgress?.(`bundling ${subject.name}`)
    rows.push(await toRow(subject, imports[index], index === 0 ? undefined : imports[0], seed))
  }
  return {
    spawns,
    rows,
    notMeasured: [
      { what: 'known vulnerabilities', measuredBy: 'npm audit, against a registry that answers it' },
      {
        what: 'releases a year',
        measuredBy: 'npm view PACKAGE time, against a registry that keeps release dates',
      },
    ],
  }
}

function compile(name: string): Promise<unknown> {
  return promisify(execFile)('npm', ['run', '-s', 'build', '-w', `@plumbline/${name}`], {
    cwd: repositoryRoot,
  })
}

async function toRow(
  subject: Subject,
  imports: ImportSamples | undefined,
  sdk: ImportSamples | undefined,
  seed: number,
): Promise<FootprintRow> {
  const { name, specifiers, build } = subject
  const { importMs = [], rssMb = [] } = imports ?? {}
  const exported = await Promise.all(specifiers.map(exportedNames))
  const files = build && (await reachedFiles(`@plumbline/${build}`))
  const ownFiles = build && files?.[build]
  return {
    name,
    ...(build && { build }),
    ...readInstall(specifiers),
    importMs: spreadOf(importMs),
    ...(sdk && { importToSdk: pairedRatio(importMs, sdk.importMs, seededRandom(seed)) }),
    rssMb: spreadOf(rssMb),
    bundles: [await bundleSubject(subject, 'node'), await bundleSubject(subject, 'browser')],
    exportedNames: exported.reduce((sum, count) => sum + count, 0),
    ...(ownFiles && { ownFiles }),
    ...(files?.['core'] && { coreFiles: files['core'] }),
  }
}

async function exportedNames(specifier: string): Promise<number> {
  // A module namespace: its keys are its exports.
  const exported = (await import(specifier)) as Record<string, unknown>
  return Object.keys(exported).length
}
