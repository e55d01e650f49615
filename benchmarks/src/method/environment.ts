import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, type } from 'node:os'
import { fileURLToPath } from 'node:url'

import type { Environment } from '@plumbline/report'

const compared = ['openai', 'langchain', '@langchain/core', '@langchain/openai']

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Reads the environment now. Outside a git checkout commit is `unknown` and dirty true. */
export function readEnvironment(): Environment {
  const commit = git('rev-parse', 'HEAD')
  const processors = cpus()
  const lockfile = readFileSync(`${root}/package-lock.json`, 'utf8')
  return {
    commit: commit ?? 'unknown',
    dirty: commit === undefined || git('status', '--porcelain') !== '',
    lockfileHash: createHash('sha256').update(lockfile).digest('hex'),
    packages: Object.fromEntries(compared.map((name) => [name, versionIn(lockfile, name)])),
    node: process.versions.node,
    os: `${type()} ${release()}`,
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    loadAverage: loadavg()[0] ?? 0,
  }
}

function versionIn(lockfile: string, name: string): string {
  const { packages } = JSON.parse(lockfile) as { packages: Record<string, { version?: string }> } // npm writes it so.
  return packages[`node_modules/${name}`]?.version ?? 'unknown'
}

function git(...args: string[]): string | undefined {
  try {
    return execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return undefined
  }
}
