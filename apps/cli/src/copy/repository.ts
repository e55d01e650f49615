import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository that files are copied from. */
export const repositoryRoot = fileURLToPath(new URL('../../../../', import.meta.url))

/** What can be copied. */
export const buildNames = ['scratch', 'langchain'] as const

/** The name of a build. */
export type BuildName = (typeof buildNames)[number]

/** Text of a file of the repository, by its path from the root. */
export function readOrigin(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8')
}

/** What a copy reads of the package.json of a workspace under `packages/`. */
export interface Manifest {
  version: string
  dependencies: Record<string, string>
  peerDependencies: Record<string, string>
  devDependencies: Record<string, string>
}

/** Version and dependencies of a workspace under `packages/`. */
export function readManifest(name: string): Manifest {
  const none = { dependencies: {}, peerDependencies: {}, devDependencies: {} }
  // Our own files, and npm has read them.
  return { ...none, ...(JSON.parse(readOrigin(`packages/${name}/package.json`)) as Manifest) }
}

/** Source files of a build, by path from the root: tests, type tests and fixtures left out. */
export function sourceFiles(build: BuildName): string[] {
  const folder = `packages/${build}/src`
  return readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !/\.test(-d)?\.ts$|(^|\/)__fixtures__\//.test(path))
    .map((path) => `${folder}/${path}`)
    .toSorted()
}
