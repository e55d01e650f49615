import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

import type { FootprintRow } from '@plumbline/report'

import { repositoryRoot } from '../method/environment.ts'

/** What npm notes of one package; the fields that are read here (docs.npmjs.com, package-lock.json, version 3). */
export interface LockedPackage {
  version?: string
  /** Of a link: where the workspace is. */
  resolved?: string
  link?: boolean
  license?: string
  hasInstallScript?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

export type InstallFigures = Pick<FootprintRow, 'packages' | 'installMb' | 'installScripts' | 'licences'>

/**
 * What installing these packages brings: the closure of their dependencies as the lockfile resolves them, and the size of each on
 * this disk. Throws `TypeError` for one that the lockfile does not have.
 */
export function readInstall(names: readonly string[]): InstallFigures {
  const found = lockedClosure(names)
  const bytes = [...found.keys()].reduce((sum, folder) => sum + sizeOf(join(repositoryRoot, folder)), 0)
  const all = [...found.values()]
  return {
    packages: all.length,
    installMb: bytes / 1e6,
    installScripts: all.filter(({ hasInstallScript }) => hasInstallScript === true).length,
    licences: [...new Set(all.map(({ license }) => license ?? 'unknown'))].toSorted(),
  }
}

/**
 * These packages and all that they need, by the place that the lockfile gives each. Peers that are not optional count, as npm
 * installs them. Throws `TypeError` for one that the lockfile does not have.
 */
export function lockedClosure(names: readonly string[]): ReadonlyMap<string, LockedPackage> {
  // npm writes it in this form.
  const { packages } = JSON.parse(readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>
  }
  const found = new Map<string, LockedPackage>()

  function collect(name: string, from: string): void {
    const place = resolve(packages, name, from)
    if (place === undefined)
      throw new TypeError(`package-lock.json has no ${name} for ${from || 'the root'}.`)
    const entry = packages[place] ?? {}
    // A workspace is linked; what it needs is noted at its folder.
    const folder = entry.link === true ? (entry.resolved ?? place) : place
    if (found.has(folder)) return
    const locked = packages[folder] ?? {}
    found.set(folder, locked)
    for (const dependency of needed(locked)) collect(dependency, folder)
    for (const dependency of Object.keys(locked.optionalDependencies ?? {})) {
      // Those for other machines are in the lockfile and not on the disk.
      const optional = resolve(packages, dependency, folder)
      if (optional !== undefined && sizeOf(join(repositoryRoot, optional)) > 0) collect(dependency, folder)
    }
  }

  for (const name of names) collect(name, '')
  return found
}

function needed({ dependencies, peerDependencies, peerDependenciesMeta }: LockedPackage): string[] {
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta?.[name]?.optional)
  return [...Object.keys(dependencies ?? {}), ...peers]
}

/** As Node looks for it: in `node_modules` of the folder, then of each one above it. */
function resolve(
  packages: Readonly<Record<string, unknown>>,
  name: string,
  from: string,
): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const at = folder === '' || folder === '.' ? '' : `${folder}/`
    const place = `${at}node_modules/${name}`
    if (place in packages) return place
    if (at === '') return undefined
  }
}

/** Bytes of what npm would put on the disk: of a workspace what it publishes, packages nested in a package left to themselves. */
function sizeOf(folder: string): number {
  let bytes = 0
  let entries
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch {
    return 0
  }
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && entry.name !== '.turbo') bytes += sizeOf(path)
    } else if (entry.isFile()) bytes += statSync(path).size
  }
  return bytes
}
