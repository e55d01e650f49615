import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { hashOf, splitHeader } from './header.ts'
import type { ImportEnding } from './imports.ts'
import { copiedText } from './plan.ts'
import { repositoryRoot } from './repository.ts'

/** How a copied file stands to its origin. */
export type CopyState =
  | 'unchanged'
  | 'edited here'
  | 'newer in Plumbline'
  | 'edited here, newer in Plumbline'
  | 'gone from Plumbline'

/** One file of an earlier copy. */
export interface CheckedFile {
  /** Path under the folder. */
  path: string
  state: CopyState
  /** The version of Plumbline it was copied from. */
  version: string
}

/** Every copied file under `folder`, by its header line; files of your own among them are left out. */
export function checkCopy(folder: string, ending: ImportEnding): CheckedFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.split(/[\\/]/).includes('node_modules'))
    .toSorted()
    .flatMap((path) => {
      const copied = splitHeader(readFileSync(join(folder, path), 'utf8'))
      if (copied === undefined) return []
      const { origin, hash, version } = copied.header
      const isEdited = hashOf(copied.body) !== hash
      return [{ path, state: stateOf(origin, hash, isEdited, ending), version }]
    })
}

function stateOf(origin: string, hash: string, isEdited: boolean, ending: ImportEnding): CopyState {
  // A header is a line of a file of the caller's: it must not make us read elsewhere.
  const isOurs = /^packages\/\w+\/src\/[\w./-]+\.ts$/.test(origin) && !origin.includes('..')
  if (!isOurs || !existsSync(join(repositoryRoot, origin))) return 'gone from Plumbline'
  const now = splitHeader(copiedText(origin, ending))
  const isNewer = now?.header.hash !== hash
  if (isEdited) return isNewer ? 'edited here, newer in Plumbline' : 'edited here'
  return isNewer ? 'newer in Plumbline' : 'unchanged'
}
