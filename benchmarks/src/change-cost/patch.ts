import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

import { repositoryRoot } from '../method/environment.ts'
import type { Build, Change } from './changes.ts'

/** One change to one build, as it is committed. */
export interface Patch {
  change: Change
  build: Build
  /** Below the repository. */
  path: string
  files: PatchedFile[]
}

export interface PatchedFile {
  /** Below the repository. */
  path: string
  isTest: boolean
  linesAdded: number
  linesRemoved: number
}

/** Reads what a patch touches, as git counts it: blank lines and comments are lines. Throws where there is no such patch. */
export function readPatch(change: Change, build: Build): Patch {
  const path = `benchmarks/changes/${change.id}/${build}.patch`
  const numbers = execFileSync('git', ['apply', '--numstat', path], { cwd: repositoryRoot, encoding: 'utf8' })
  const files = numbers
    .trimEnd()
    .split('\n')
    .map((line): PatchedFile => {
      const [added, removed, file = ''] = line.split('\t')
      return {
        path: file,
        isTest: file.endsWith('.test.ts'),
        linesAdded: Number(added),
        linesRemoved: Number(removed),
      }
    })
  return { change, build, path, files }
}

/** Where the patch is on this disk. */
export function patchFile({ path }: Patch): string {
  return join(repositoryRoot, path)
}
