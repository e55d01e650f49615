import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { lockedClosure } from '../footprint/install.ts'
import { repositoryRoot } from '../method/environment.ts'
import type { Build } from './changes.ts'

interface Manifest {
  dependencies?: Record<string, string>
}

/**
 * How many packages the manifest of a patched copy brings beyond those of the build as it is, by this repository's lockfile. Throws
 * `Error` where the manifest asks for a version that is not the locked one: its tests have run on another.
 */
export function countPackagesAdded(folder: string, build: Build): number {
  const path = join('packages', build, 'package.json')
  const before = readManifest(join(repositoryRoot, path))
  const after = readManifest(join(folder, path))
  const added = Object.entries(after.dependencies ?? {}).filter(
    ([name]) => !(name in (before.dependencies ?? {})),
  )
  const present = lockedClosure([`@plumbline/${build}`])
  const needed = lockedClosure(added.map(([name]) => name))
  for (const [name, version] of added) {
    const locked = needed.get(`node_modules/${name}`)?.version
    if (locked !== version) throw new Error(`The patch asks for ${name} ${version}; installed is ${locked}.`)
  }
  return [...needed.keys()].filter((place) => !present.has(place)).length
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest // npm's form.
}
