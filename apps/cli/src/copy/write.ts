import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { hashOf, splitHeader } from './header.ts'
import type { PlannedFile } from './plan.ts'
import { readOrigin } from './repository.ts'

/** Why a file that is there may not be overwritten; undefined when it may, or is not there. */
export function refusal(path: string): string | undefined {
  if (!existsSync(path)) return undefined
  const copied = splitHeader(readFileSync(path, 'utf8'))
  if (copied === undefined) return 'has no header of Plumbline: it is yours'
  return hashOf(copied.body) === copied.header.hash ? undefined : 'was edited since it was copied'
}

/** The files that stand in the way of a copy into `folder`, each with its reason. */
export function refusedFiles(
  files: readonly PlannedFile[],
  folder: string,
): { path: string; reason: string }[] {
  return files.flatMap(({ target }) => {
    const path = join(folder, target)
    const reason = refusal(path)
    return reason === undefined ? [] : [{ path, reason }]
  })
}

/** Writes the files of a plan under `folder`, and the licence beside them. Look at `refusedFiles` first: this overwrites. */
export function writeFiles(files: readonly PlannedFile[], folder: string): void {
  for (const { target, text } of files) {
    const path = join(folder, target)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  writeFileSync(join(folder, 'LICENSE'), readOrigin('LICENSE'))
}
