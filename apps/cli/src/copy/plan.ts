import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'

import { withHeader } from './header.ts'
import {
  definingFiles,
  findReferences,
  packageOf,
  printNames,
  replaceReferences,
  withEnding,
  type ImportedName,
  type ImportEnding,
  type ModuleReference,
} from './imports.ts'
import { readManifest, readOrigin, repositoryRoot } from './repository.ts'

const coreName = '@plumbline/core'

/** One file of a copy. */
export interface PlannedFile {
  /** Path in the repository. */
  origin: string
  /** Path under the target's `plumbline/`. */
  target: string
  /** With its header line. */
  text: string
}

/** What a copy writes and needs. */
export interface CopyPlan {
  files: PlannedFile[]
  /** npm packages that the files import, name to exact version. */
  packages: Record<string, string>
}

/** Everything that `entries` (paths in the repository) reach, ready to be written. */
export function planCopy(entries: readonly string[], ending: ImportEnding): CopyPlan {
  const waiting = [...entries]
  const files = new Map<string, PlannedFile>()
  const packages = new Map<string, string>()
  for (let origin = waiting.pop(); origin !== undefined; origin = waiting.pop()) {
    if (files.has(origin)) continue
    files.set(origin, { origin, target: targetOf(origin), text: copiedText(origin, ending) })
    for (const reference of findReferences(readOrigin(origin))) {
      waiting.push(...reachedFrom(origin, reference))
      const name = packageOf(reference.specifier)
      if (name !== undefined && name !== coreName) packages.set(name, versionOf(name, origin))
    }
  }
  return {
    files: [...files.values()].toSorted((a, b) => (a.target < b.target ? -1 : 1)),
    packages: Object.fromEntries([...packages].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** The text that a copy of this file has, header included. */
export function copiedText(origin: string, ending: ImportEnding): string {
  const body = replaceReferences(readOrigin(origin), (reference) => {
    if (isCore(reference.specifier)) return fromCore(origin, reference, ending)
    if (!reference.specifier.startsWith('.')) return undefined
    // The two folders keep their inner shape, so a relative import changes its ending only.
    return replaceSpecifier(origin, reference, withEnding(reference.specifier, ending))
  })
  const version = readManifest(packageFolder(origin)).version
  return withHeader(needsNodeTypes(body) ? `/// <reference types="node" />\n${body}` : body, {
    version,
    origin,
  })
}

/**
 * `tsc --init` writes `types: []`, which leaves the types of Node out until a file asks for them; a project that has
 * them already loses nothing.
 */
function needsNodeTypes(body: string): boolean {
  return /from 'node:|import\('node:|\b(Buffer|NodeJS|process|setImmediate|performance)\b[.(]/.test(body)
}

/** The named imports of core, as one statement per file that defines them. */
function fromCore(origin: string, reference: ModuleReference, ending: ImportEnding): string {
  const byFile = new Map<string, ImportedName[]>()
  for (const name of coreNames(origin, reference)) {
    const specifier = relativeSpecifier(origin, name.file, ending)
    byFile.set(specifier, [...(byFile.get(specifier) ?? []), name])
  }
  const form = reference.form === 'export' ? 'export' : 'import'
  return [...byFile]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([specifier, names]) => printNames(form, names, specifier))
    .join('\n')
}

/** Core itself, or a subpath of it. */
function isCore(specifier: string): boolean {
  return packageOf(specifier) === coreName
}

/** `@plumbline/core/transport` is `packages/core/src/transport/index.ts`. */
function indexOf(specifier: string): string {
  const index = posix.join('packages/core/src', specifier.slice(coreName.length), 'index.ts')
  if (!existsSync(join(repositoryRoot, index))) throw new TypeError(`${specifier} has no ${index}.`)
  return index
}

function coreNames(origin: string, reference: ModuleReference): (ImportedName & { file: string })[] {
  if (reference.names === undefined) {
    throw new TypeError(
      `${origin} imports ${reference.specifier} as a whole: copying needs its names one by one.`,
    )
  }
  const index = indexOf(reference.specifier)
  const defined = definingFiles(readOrigin(index))
  return reference.names.map((name) => {
    const definition = defined.get(name.imported)
    if (definition === undefined)
      throw new TypeError(`${origin} imports ${name.imported}, which ${reference.specifier} does not export.`)
    const file = posix.join(posix.dirname(index), definition.file)
    return { ...name, imported: definition.imported, file }
  })
}

function reachedFrom(origin: string, reference: ModuleReference): string[] {
  if (isCore(reference.specifier)) return coreNames(origin, reference).map(({ file }) => file)
  if (!reference.specifier.startsWith('.')) return []
  const path = posix.join(posix.dirname(origin), reference.specifier)
  if (!existsSync(join(repositoryRoot, path)))
    throw new TypeError(`${origin} imports ${path}, which is not there.`)
  return [path]
}

function replaceSpecifier(origin: string, reference: ModuleReference, specifier: string): string {
  if (reference.form === 'call') return `'${specifier}'`
  const text = readOrigin(origin).slice(reference.start, reference.end)
  return text.replace(/'[^']*'$/, `'${specifier}'`)
}

function relativeSpecifier(origin: string, file: string, ending: ImportEnding): string {
  const path = posix.relative(posix.dirname(targetOf(origin)), targetOf(file))
  return withEnding(path.startsWith('.') ? path : `./${path}`, ending)
}

/** `packages/core/src/cache/key.ts` goes to `core/cache/key.ts`. */
function targetOf(origin: string): string {
  return origin.replace(/^packages\/([^/]+)\/src\//, '$1/')
}

function packageFolder(origin: string): string {
  return origin.split('/')[1] ?? ''
}

function versionOf(name: string, origin: string): string {
  const { dependencies, peerDependencies, devDependencies } = readManifest(packageFolder(origin))
  // An optional peer is installed here at the version that it is tested with.
  const version = dependencies[name] ?? (name in peerDependencies ? devDependencies[name] : undefined)
  if (version === undefined)
    throw new TypeError(`${origin} imports ${name}, which its package.json does not list.`)
  return version
}
