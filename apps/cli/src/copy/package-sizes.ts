import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { repositoryRoot } from './repository.ts'

/** What installing some packages takes. */
export interface InstallSize {
  /** Bytes of each package by itself; undefined where it is not installed here. */
  own: Record<string, number | undefined>
  /** Packages with everything they depend on. */
  totalPackages: number
  totalBytes: number
}

/** Sizes on disk, read from the packages that are installed in this repository. */
export function installSize(names: readonly string[]): InstallSize {
  const folders = new Map<string, string | undefined>()
  const own: Record<string, number | undefined> = {}
  for (const name of names) {
    const folder = findPackage(name, repositoryRoot)
    own[name] = folder === undefined ? undefined : bytesIn(folder)
    if (folder !== undefined) collect(folder, folders)
  }
  const totalBytes = [...folders.keys()].reduce((sum, folder) => sum + bytesIn(folder), 0)
  return { own, totalPackages: folders.size, totalBytes }
}

function collect(folder: string, folders: Map<string, string | undefined>): void {
  if (folders.has(folder)) return
  folders.set(folder, undefined)
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const { dependencies = {} } = manifest as { dependencies?: Record<string, string> } // npm has read it.
  for (const name of Object.keys(dependencies)) {
    const found = findPackage(name, folder)
    if (found !== undefined) collect(found, folders)
  }
}

/** As Node looks for it: in `node_modules` of each folder upwards, and of core and the builds, where npm may have nested it. */
function findPackage(name: string, from: string): string | undefined {
  const workspaces = ['core', 'scratch', 'langchain'].map((workspace) =>
    join(repositoryRoot, 'packages', workspace),
  )
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(candidate)) return candidate
    if (folder === dirname(folder)) break
  }
  return workspaces
    .map((folder) => join(folder, 'node_modules', name))
    .find((candidate) => existsSync(candidate))
}

/** Bytes of the files under a folder, packages nested in it left out: those are counted by themselves. */
function bytesIn(folder: string): number {
  let bytes = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) bytes += entry.name === 'node_modules' ? 0 : bytesIn(path)
    else if (entry.isFile()) bytes += statSync(path).size
  }
  return bytes
}

/** `24.1 MB`, `310 kB`. */
export function formatBytes(bytes: number): string {
  return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`
}
