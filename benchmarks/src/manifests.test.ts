import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { repositoryRoot } from './method/environment.ts'

interface Manifest {
  name: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

const manifests = globSync('{packages,apps}/*/package.json', { cwd: repositoryRoot })

/** The packages that a source imports by name, types left out: `@scope/name`, `name`. */
function importedBy(source: string): string[] {
  const found = source.matchAll(
    /^(?:import|export) (?!type\b)[^'"]*?from '([@a-z][^']*)'|\bimport\('([@a-z][^']*)'\)/gm,
  )
  return [...found].flatMap(([, fixed, onUse]) => {
    const [first = '', second] = (fixed ?? onUse ?? '').split('/')
    return isBuiltin(fixed ?? onUse ?? '') ? [] : [first.startsWith('@') ? `${first}/${second}` : first]
  })
}

// Here every package is found, since npm installs those of all workspaces in one folder; where one is installed alone it is not.
test.each(manifests)('%s names what its sources import', (path) => {
  const folder = join(repositoryRoot, path, '..')
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest // npm's form.
  const named = new Set([
    manifest.name,
    ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
  ])
  const sources = globSync('src/**/*.{ts,tsx}', { cwd: folder }).filter(
    (file) => !/\.test(-d)?\.ts$|test-browser\.ts$|__fixtures__/.test(file),
  )
  expect(sources.length).toBeGreaterThan(0)
  const missing = sources.flatMap((file) =>
    importedBy(readFileSync(join(folder, file), 'utf8'))
      .filter((name) => !named.has(name))
      .map((name) => `${file}: ${name}`),
  )
  expect(missing).toEqual([])
})
