import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

import type { ImportEnding } from './imports.ts'

/** The compiler options that decide how relative imports end. */
export interface ModuleOptions {
  module?: string
  moduleResolution?: string
  allowImportingTsExtensions?: boolean
  rewriteRelativeImportExtensions?: boolean
}

interface TsConfig {
  extends?: string | string[]
  compilerOptions?: ModuleOptions
  files?: string[]
  include?: string[]
  references?: { path: string }[]
}

/** How a project wants its imports, and which file said so. */
export interface ImportStyle {
  ending: ImportEnding
  /** Undefined when there is no tsconfig.json above the folder. */
  tsconfig: string | undefined
}

/**
 * How relative imports end in `dir`, by the nearest tsconfig.json upwards. Without one: `.ts`, which Node runs as it is.
 */
export function importStyleFor(dir: string): ImportStyle {
  const nearest = findUpwards(resolve(dir), 'tsconfig.json')
  if (nearest === undefined) return { ending: '.ts', tsconfig: undefined }
  const tsconfig = projectFor(nearest, resolve(dir))
  return { ending: endingFor(resolveOptions(tsconfig)), tsconfig }
}

/** The ending that compiles under these options. */
export function endingFor(options: ModuleOptions): ImportEnding {
  if (options.allowImportingTsExtensions || options.rewriteRelativeImportExtensions) return '.ts'
  const resolution = (options.moduleResolution ?? options.module ?? '').toLowerCase()
  return /^node(next|\d{2})$/.test(resolution) && resolution !== 'node10' ? '.js' : ''
}

/** Options of a tsconfig file, what it extends included; the file's own win. */
export function resolveOptions(path: string, seen: readonly string[] = []): ModuleOptions {
  if (seen.includes(path)) throw new TypeError(`${path} extends itself.`)
  const config = readConfig(path)
  const bases = [config.extends ?? []].flat().map((base) => resolveBase(base, path))
  const inherited = bases.map((base) => resolveOptions(base, [...seen, path]))
  return Object.assign({}, ...inherited, config.compilerOptions)
}

/** A tsconfig that only refers to others (as Vite's templates have it) stands for the one of them that includes `dir`. */
function projectFor(path: string, dir: string): string {
  const { references = [], files, compilerOptions } = readConfig(path)
  if (references.length === 0 || files?.length !== 0 || compilerOptions?.moduleResolution !== undefined)
    return path
  const projects = references
    .map((reference) => resolve(dirname(path), reference.path))
    .map((project) => (project.endsWith('.json') ? project : join(project, 'tsconfig.json')))
    .filter((project) => existsSync(project))
  const including = projects.find((project) =>
    (readConfig(project).include ?? []).some((pattern) => {
      const folder = resolve(dirname(project), pattern.replace(/\/?\*.*$/, ''))
      return !relative(folder, dir).startsWith('..')
    }),
  )
  return including ?? projects[0] ?? path
}

function resolveBase(base: string, from: string): string {
  const candidates = (path: string): string[] => [path, `${path}.json`, join(path, 'tsconfig.json')]
  if (base.startsWith('.') || base.startsWith('/')) {
    const found = candidates(resolve(dirname(from), base)).find(isJsonFile)
    if (found !== undefined) return found
  }
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const found = candidates(join(folder, 'node_modules', base)).find(isJsonFile)
    if (found !== undefined) return found
    if (folder === dirname(folder)) break
  }
  throw new TypeError(`${from} extends "${base}", which is not there. Install it, then copy again.`)
}

function isJsonFile(path: string): boolean {
  return path.endsWith('.json') && existsSync(path)
}

function findUpwards(dir: string, name: string): string | undefined {
  for (let folder = dir; ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return join(folder, name)
    if (folder === dirname(folder)) return undefined
  }
}

function readConfig(path: string): TsConfig {
  try {
    return parseJsonWithComments(readFileSync(path, 'utf8')) as TsConfig // Fields are read one by one, each optional.
  } catch (error) {
    throw new TypeError(`${path} cannot be read as JSON with comments.`, { cause: error })
  }
}

/** Parses JSON with comments and trailing commas. Throws `SyntaxError` as `JSON.parse` does. */
export function parseJsonWithComments(text: string): unknown {
  // A string is matched first, so that `//` and commas inside one stay.
  const plain = text
    .replace(/^\uFEFF/, '')
    .replace(
      /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
      (_, string: string | undefined) => string ?? '',
    )
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, string: string | undefined) => string ?? '')
  return JSON.parse(plain)
}
