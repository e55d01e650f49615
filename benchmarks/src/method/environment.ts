import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { cpus, loadavg, release, type } from 'node:os'
import { fileURLToPath } from 'node:url'

import type { Environment } from '@plumbline/report'

const compared = ['openai', 'langchain', '@langchain/core', '@langchain/openai', 'ai', '@ai-sdk/openai']

/** What figures are of, and what the traces' are read by. How the others are measured is not in it: the method may change its words. */
const inputs = [
  'packages/{core,scratch,langchain}/src/**/*.ts',
  'benchmarks/src/{cache-impact,traces}/**/*.ts',
  'benchmarks/entrants/*/src/**/*.ts',
  'benchmarks/changes/*/*.patch',
]

/** The root of this repository, with a slash at its end. */
export const repositoryRoot: string = fileURLToPath(new URL('../../../', import.meta.url))

/** Reads the environment now. Outside a git checkout commit is `unknown` and dirty true. */
export function readEnvironment(): Environment {
  const commit = git('rev-parse', 'HEAD')
  const processors = cpus()
  const lockfile = readFileSync(`${repositoryRoot}package-lock.json`, 'utf8')
  return {
    commit: commit ?? 'unknown',
    dirty: commit === undefined || git('status', '--porcelain') !== '',
    lockfileHash: createHash('sha256').update(lockfile).digest('hex'),
    inputsHash: hashInputs(lockfile),
    packages: Object.fromEntries(compared.map((name) => [name, versionIn(lockfile, name)])),
    node: process.versions.node,
    os: `${type()} ${release()}`,
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    loadAverage: loadavg()[0] ?? 0,
  }
}

/** SHA-256 over the sources that figures come from, and the lockfile: a result with another one is stale. */
function hashInputs(lockfile: string): string {
  const hash = createHash('sha256').update(lockfile)
  const isTest = /\.test\.ts$/
  const files = inputs
    .flatMap((pattern) => globSync(pattern, { cwd: repositoryRoot }))
    .filter((file) => !isTest.test(file))
  for (const file of files.sort()) hash.update(file).update(readFileSync(`${repositoryRoot}${file}`))
  return hash.digest('hex')
}

function versionIn(lockfile: string, name: string): string {
  const { packages } = JSON.parse(lockfile) as { packages: Record<string, { version?: string }> } // npm writes it so.
  return packages[`node_modules/${name}`]?.version ?? 'unknown'
}

function git(...args: string[]): string | undefined {
  try {
    return execFileSync('git', args, {
      cwd: repositoryRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return undefined
  }
}
