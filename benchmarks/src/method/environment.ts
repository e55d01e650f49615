import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, type } from 'node:os'
import { fileURLToPath } from 'node:url'

/** Where a result was measured, and from what. */
export interface Environment {
  commit: string
  /** Whether the checkout had changes that are not in `commit`. */
  dirty: boolean
  /** SHA-256 of package-lock.json, hex. */
  lockfileHash: string
  node: string
  os: string
  cpu: string
  cores: number
  /** One-minute load average when it was read; over the number of cores the machine was busy with other things. */
  loadAverage: number
}

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Reads the environment now. Outside a git checkout commit is `unknown` and dirty true. */
export function readEnvironment(): Environment {
  const commit = git('rev-parse', 'HEAD')
  const processors = cpus()
  return {
    commit: commit ?? 'unknown',
    dirty: commit === undefined || git('status', '--porcelain') !== '',
    lockfileHash: createHash('sha256')
      .update(readFileSync(`${root}/package-lock.json`))
      .digest('hex'),
    node: process.versions.node,
    os: `${type()} ${release()}`,
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    loadAverage: loadavg()[0] ?? 0,
  }
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
