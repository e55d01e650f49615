import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import type { BudgetLimits } from '@plumbline/core'

import { defaultLimits, type BuildName, type GatewayLimits } from './gateway-options.ts'
import { parseKeys, type GatewayKey } from './keys.ts'

/** What the service runs with; every secret comes from a file or the environment, never from the command line. */
export interface Settings {
  port: number
  host: string
  /** Of `/metrics` and health, on the same host; 0: they are not served. */
  metricsPort: number
  /** The first one answers, the others where a caller asks for them. */
  builds: BuildName[]
  providerUrl: string
  providerKey: string
  keys: GatewayKey[] | 'dev'
  budgets: Record<string, BudgetLimits>
  limits: GatewayLimits
  redisUrl: string | undefined
  /** How long Redis may take to answer before a call goes on without it, in ms. */
  redisTimeoutMs: number
  /** How long a call may take, streams to their last chunk, in ms. */
  deadlineMs: number
  /** SQLite file of the caches; undefined: memory, or Redis. */
  cachePath: string | undefined
  /** SQLite file of the ledger; undefined: none is kept. */
  ledgerPath: string | undefined
  /** Of the dashboard, on the same host; 0: there is none. It needs a ledger, and a key or `dev`. */
  dashboardPort: number
  /** The file with the SHA-256 of the dashboard's key. */
  dashboardKeyFile: string | undefined
  /** A provider, a ledger and traffic of its own, to look at. */
  demo: boolean
}

/** A setting that makes no sense; the message says which and what would. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
}

export const help = `Usage: plumbline serve [options]

Either build as an OpenAI-compatible service: POST /v1/chat/completions, POST /v1/embeddings, GET /v1/models, POST /v1/moderations.

Options:
  --port <n>        default 8080, or PORT
  --host <name>     default 127.0.0.1, or HOST
  --build <name>    scratch (default) or langchain, or PLUMBLINE_BUILD
  --dev             no keys: every caller is the tenant dev; listens on loopback only, and takes no call from a page of another site
  --demo            with --dev: a modelled provider and traffic to look at, on the dashboard; the provider, Redis, cache and ledger
                    below are left alone
  -h, --help        this

Environment:
  OPENAI_API_KEY, OPENAI_API_KEY_FILE   the provider's key, or the file that holds it
  OPENAI_BASE_URL                       default https://api.openai.com/v1
  PLUMBLINE_KEYS_FILE                   the callers' keys, hashed (see below); needed without --dev
  PLUMBLINE_ALLOW_BUILD_HEADER          true: x-plumbline-build chooses the build of one call
  REDIS_URL, REDIS_URL_FILE             caches, leases and budgets shared with other gateways
  PLUMBLINE_REDIS_TIMEOUT_MS            how long it may take before a call goes on without it; default 60
  PLUMBLINE_CACHE_FILE                  without Redis: caches in this SQLite file rather than in memory
  PLUMBLINE_LEDGER_FILE                 every record in this SQLite file, for plumbline usage and the dashboard
  PLUMBLINE_DASHBOARD_PORT              the dashboard over that ledger, on the same host: default 9465; 0 switches it off
  PLUMBLINE_DASHBOARD_KEY_FILE          who looks at it must show a key; the file holds its SHA-256, as sha256sum writes it. Without
                                        it there is a dashboard with --dev alone
  PLUMBLINE_METRICS_PORT                /metrics, /healthz, /readyz and /livez on the same host: default 9464; 0 switches them off
  PLUMBLINE_DEADLINE_MS                 how long a call may take, a stream to its last chunk; default 60000
  PLUMBLINE_MAX_BODY_BYTES              of one request; default ${defaultLimits.maxBodyBytes}
  PLUMBLINE_MAX_IN_FLIGHT               requests worked on at once; default ${defaultLimits.maxInFlight}
  PLUMBLINE_MAX_QUEUED                  requests that wait for that; one more is answered with 503; default ${defaultLimits.maxQueued}
  PLUMBLINE_REQUESTS_PER_MINUTE         of each tenant whose key does not say; default ${defaultLimits.requestsPerMinute}
  PLUMBLINE_SLOW_CLIENT_MS              how long a caller may leave its answer unread; default ${defaultLimits.slowClientMs}
  PLUMBLINE_DRAIN_MS                    how long calls may go on after SIGTERM; default ${defaultLimits.drainMs}

Keys file: {"keys":[{"sha256":"…","tenant":"acme","models":["gpt-4o-mini"],"requestsPerMinute":60,"budget":{"dayUsd":5}}]}
Only sha256 and tenant are needed. plumbline keys create makes a key and adds its entry.

Headers that a caller may send: x-plumbline-cache (use, bypass, refresh; of a chat: vectors are always looked up), and as labels of
the record x-plumbline-endpoint and x-plumbline-prompt-version. Headers of the answer: x-plumbline-record (its id),
x-plumbline-cache, x-plumbline-cost-usd; of a stream they stand in a comment before [DONE]. A blocked call names its rule in
x-plumbline-rule.
`

const builds: readonly BuildName[] = ['scratch', 'langchain']

/** Empty they would mean something: every address, the Redis of this machine, a file that nobody finds again. */
const neverEmpty = [
  'HOST',
  'OPENAI_BASE_URL',
  'OPENAI_API_KEY_FILE',
  'REDIS_URL',
  'REDIS_URL_FILE',
  'PLUMBLINE_KEYS_FILE',
  'PLUMBLINE_CACHE_FILE',
  'PLUMBLINE_LEDGER_FILE',
  'PLUMBLINE_DASHBOARD_KEY_FILE',
]

/** Over it a timer of Node fires at once (nodejs.org/api/timers.html, read 2026-11-30). */
const longestMs = 2 ** 31 - 1

/** Reads the command line and the environment; undefined when only help was asked for. Throws `SettingError`. */
export function readSettings(args: readonly string[], environment: NodeJS.ProcessEnv): Settings | undefined {
  const flags = parse(args)
  if (flags.help) return undefined
  assertNotEmpty(environment)
  const host = flags.host ?? environment['HOST'] ?? '127.0.0.1'
  if (flags.dev && !['127.0.0.1', '::1', 'localhost'].includes(host)) {
    throw new SettingError(`--dev needs no key, so it listens on loopback only, not on ${host}.`)
  }
  if (flags.demo && !flags.dev) throw new SettingError('--demo needs --dev.')
  const build = flags.build ?? environment['PLUMBLINE_BUILD'] ?? 'scratch'
  const first = builds.find((name) => name === build)
  if (first === undefined) throw new SettingError(`There is no build ${build}. Known: ${builds.join(', ')}.`)
  const mayChoose = readFlag(environment, 'PLUMBLINE_ALLOW_BUILD_HEADER')
  const { keys, budgets } = flags.dev ? { keys: 'dev' as const, budgets: {} } : readKeys(environment)
  return {
    port: toPort('--port', flags.port ?? environment['PORT'] ?? '8080'),
    host,
    metricsPort: toPort('PLUMBLINE_METRICS_PORT', environment['PLUMBLINE_METRICS_PORT'] ?? '9464'),
    builds: mayChoose ? [first, ...builds.filter((name) => name !== first)] : [first],
    providerUrl: readProviderUrl(environment),
    providerKey: flags.demo ? '' : readProviderKey(environment),
    keys,
    budgets,
    limits: readLimits(environment),
    redisUrl: readRedisUrl(environment),
    redisTimeoutMs: readTime(environment, 'PLUMBLINE_REDIS_TIMEOUT_MS', 60),
    deadlineMs: readTime(environment, 'PLUMBLINE_DEADLINE_MS', 60_000),
    cachePath: environment['PLUMBLINE_CACHE_FILE'],
    ledgerPath: environment['PLUMBLINE_LEDGER_FILE'],
    dashboardPort: toPort('PLUMBLINE_DASHBOARD_PORT', environment['PLUMBLINE_DASHBOARD_PORT'] ?? '9465'),
    dashboardKeyFile: environment['PLUMBLINE_DASHBOARD_KEY_FILE'],
    demo: flags.demo === true,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        build: { type: 'string' },
        dev: { type: 'boolean' },
        demo: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    throw new SettingError(error instanceof Error ? error.message : String(error))
  }
}

function assertNotEmpty(environment: NodeJS.ProcessEnv): void {
  for (const name of neverEmpty) {
    if (environment[name]?.trim() === '')
      throw new SettingError(`${name} is empty: give it a value, or leave it out.`)
  }
}

function readProviderUrl(environment: NodeJS.ProcessEnv): string {
  const text = environment['OPENAI_BASE_URL'] ?? 'https://api.openai.com/v1'
  const url = URL.parse(text)
  // Without what was given: it may hold a password.
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new SettingError('OPENAI_BASE_URL must be a URL such as https://api.openai.com/v1.')
  if (url.username !== '' || url.password !== '')
    throw new SettingError('OPENAI_BASE_URL must hold no user and no password: the key is OPENAI_API_KEY.')
  return text
}

function readRedisUrl(environment: NodeJS.ProcessEnv): string | undefined {
  const text = readSecret(environment, 'REDIS_URL')
  // Any other text ioredis takes for something, such as the socket `valkey:6379`.
  if (text === undefined || /^rediss?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw new SettingError(
    'REDIS_URL must be a URL such as redis://:password@valkey:6379, or rediss:// for TLS.',
  )
}

function readFlag(environment: NodeJS.ProcessEnv, name: string): boolean {
  const text = environment[name] ?? 'false'
  if (text !== 'true' && text !== 'false')
    throw new SettingError(`${name} must be true or false, not ${text}.`)
  return text === 'true'
}

function readTime(environment: NodeJS.ProcessEnv, name: string, defaultMs: number): number {
  return toNumber(name, environment[name] ?? String(defaultMs), 1, longestMs)
}

function readProviderKey(environment: NodeJS.ProcessEnv): string {
  const key = readSecret(environment, 'OPENAI_API_KEY')
  if (!key)
    throw new SettingError("The provider's key is missing: set OPENAI_API_KEY or OPENAI_API_KEY_FILE.")
  return key
}

/** What the variable holds, or the file that `NAME_FILE` names. */
function readSecret(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const file = environment[`${name}_FILE`]
  return file === undefined ? environment[name] : readText(file).trim()
}

function readKeys(environment: NodeJS.ProcessEnv): {
  keys: GatewayKey[]
  budgets: Record<string, BudgetLimits>
} {
  const file = environment['PLUMBLINE_KEYS_FILE']
  if (file === undefined)
    throw new SettingError('No keys: set PLUMBLINE_KEYS_FILE, or run with --dev on loopback.')
  try {
    const keys = parseKeys(readText(file), file)
    const budgets = Object.fromEntries(
      keys.flatMap(({ tenant, budget }) => (budget ? [[tenant, budget]] : [])),
    )
    return { keys, budgets }
  } catch (error) {
    throw new SettingError(error instanceof Error ? error.message : String(error))
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new SettingError(`${file} cannot be read: ${code}.`)
  }
}

function readLimits(environment: NodeJS.ProcessEnv): GatewayLimits {
  const read = (name: keyof GatewayLimits, variable: string) =>
    toNumber(variable, environment[variable] ?? String(defaultLimits[name]), 1)
  return {
    maxBodyBytes: read('maxBodyBytes', 'PLUMBLINE_MAX_BODY_BYTES'),
    maxInFlight: read('maxInFlight', 'PLUMBLINE_MAX_IN_FLIGHT'),
    maxQueued: toNumber(
      'PLUMBLINE_MAX_QUEUED',
      environment['PLUMBLINE_MAX_QUEUED'] ?? String(defaultLimits.maxQueued),
      0,
    ),
    requestsPerMinute: read('requestsPerMinute', 'PLUMBLINE_REQUESTS_PER_MINUTE'),
    slowClientMs: readTime(environment, 'PLUMBLINE_SLOW_CLIENT_MS', defaultLimits.slowClientMs),
    drainMs: readTime(environment, 'PLUMBLINE_DRAIN_MS', defaultLimits.drainMs),
  }
}

function toPort(name: string, text: string): number {
  return toNumber(name, text, 0, 65_535)
}

function toNumber(name: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} up` : `from ${least} to ${most}`
  throw new SettingError(`${name} must be a whole number ${range}, not ${text}.`)
}
