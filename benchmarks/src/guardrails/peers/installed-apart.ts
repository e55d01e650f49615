import { readFileSync } from 'node:fs'
import { createRequire, findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'

/** The project that holds the peers which are too heavy to come with this repository. */
const project = new URL('../../../peers/package.json', import.meta.url)
const requireApart = createRequire(project)

/** A package of `benchmarks/peers`, and its version. Throws when it is not installed there: `npm ci --prefix benchmarks/peers`. */
export function loadApart(name: string): { exports: unknown; version: string } {
  const manifest = findPackageJSON(name, project) ?? ''
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string } // npm writes it.
  return { exports: requireApart(name), version }
}

/** A file of a package of `benchmarks/peers`, for a program that is run and not imported. */
export function pathApart(name: string, file: string): string {
  return join(dirname(findPackageJSON(name, project) ?? ''), file)
}

/** Whether somebody has installed it. */
export function isInstalledApart(name: string): boolean {
  try {
    return findPackageJSON(name, project) !== undefined
  } catch {
    return false
  }
}
