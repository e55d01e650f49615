import type { BudgetLimits } from '@plumbline/core'
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Who may call, and what. The key itself is kept nowhere. */
export interface GatewayKey {
  /** SHA-256 of the key, hex. */
  sha256: string
  /** Whose calls these are: a hard partition of cache, budget and records. */
  tenant: string
  /** Models that may be asked for. Default: all. */
  models?: readonly string[]
  /** Requests a minute that the tenant may make with all of its keys, refilled evenly. Default: the gateway's. */
  requestsPerMinute?: number
  /** What the tenant may spend with all of its keys, in US dollars. Default: no limit. */
  budget?: BudgetLimits
}

/** A search for the entry of a key, in constant time for each entry; undefined for a stranger. */
export function createKeySearch(keys: readonly GatewayKey[]): (key: string) => GatewayKey | undefined {
  const known = keys.map((entry) => ({ entry, digest: Buffer.from(entry.sha256, 'hex') }))
  return (key) => {
    const digest = hash('sha256', key, 'buffer')
    let found: GatewayKey | undefined
    // All of them, so that time does not tell which one was near.
    for (const one of known) if (timingSafeEqual(digest, one.digest)) found = one.entry
    return found
  }
}

/** A new key, 256 random bits, and the entry for the keys file. The key is shown once and kept nowhere. */
export function createKey(tenant: string): { key: string; entry: GatewayKey } {
  const key = `plk-${randomBytes(32).toString('base64url')}`
  return { key, entry: { sha256: hash('sha256', key), tenant } }
}

/** The entries of a keys file: `{ "keys": [{ "sha256": …, "tenant": … }] }`. Throws `TypeError` that names the entry and what is wrong. */
export function parseKeys(json: string, source: string): GatewayKey[] {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    // Without the parser's words, which quote the file.
    throw new TypeError(`${source} is no JSON.`)
  }
  const { keys } = isRecord(value) ? value : {}
  if (!Array.isArray(keys)) throw new TypeError(`${source} has no list "keys".`)
  const entries = keys.map((entry: unknown, index) => toKey(entry, `${source}, keys[${index}]`))
  assertDistinct(entries, source)
  assertOneBudgetEach(entries, source)
  return withOneRateEach(entries, source)
}

/** Of two entries for one key only one would hold. */
function assertDistinct(entries: readonly GatewayKey[], source: string): void {
  const places = new Map<string, number>()
  for (const [index, { sha256 }] of entries.entries()) {
    const known = places.get(sha256)
    if (known !== undefined)
      throw new TypeError(`${source} has one key twice: keys[${known}] and keys[${index}].`)
    places.set(sha256, index)
  }
}

/** A rate is a tenant's, too: every key of it has the one that any of them names. */
function withOneRateEach(entries: readonly GatewayKey[], source: string): GatewayKey[] {
  const rates = new Map<string, number>()
  for (const { tenant, requestsPerMinute: rate } of entries) {
    if (rate === undefined) continue
    if ((rates.get(tenant) ?? rate) !== rate)
      throw new TypeError(`${source} has several requestsPerMinute for the tenant ${tenant}: they are one.`)
    rates.set(tenant, rate)
  }
  return entries.map((entry) => {
    const requestsPerMinute = rates.get(entry.tenant)
    return requestsPerMinute === undefined ? entry : { ...entry, requestsPerMinute }
  })
}

/** A budget is a tenant's, whichever of its keys names it. */
function assertOneBudgetEach(entries: readonly GatewayKey[], source: string): void {
  const budgets = new Map<string, BudgetLimits>()
  for (const { tenant, budget } of entries) {
    if (budget === undefined) continue
    const { hourUsd, dayUsd } = budgets.get(tenant) ?? budget
    if (hourUsd !== budget.hourUsd || dayUsd !== budget.dayUsd)
      throw new TypeError(`${source} has several budgets for the tenant ${tenant}: they are one.`)
    budgets.set(tenant, budget)
  }
}

function toKey(entry: unknown, where: string): GatewayKey {
  if (!isRecord(entry)) throw new TypeError(`${where} is no object.`)
  const { sha256, tenant, models, requestsPerMinute, budget, ...others } = entry
  const [unknown] = Object.keys(others)
  // A limit that is spelled wrongly would be none.
  if (unknown !== undefined) throw new TypeError(`${where} has an unknown ${unknown}.`)
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new TypeError(`${where}.sha256 must be 64 hex digits: the hash of a key, never the key.`)
  }
  if (typeof tenant !== 'string' || tenant === '') throw new TypeError(`${where}.tenant must be a name.`)
  if (
    models !== undefined &&
    !(Array.isArray(models) && models.every((model) => typeof model === 'string'))
  ) {
    throw new TypeError(`${where}.models must be a list of model names.`)
  }
  if (requestsPerMinute !== undefined && !(typeof requestsPerMinute === 'number' && requestsPerMinute > 0)) {
    throw new TypeError(`${where}.requestsPerMinute must be a number over 0.`)
  }
  return {
    sha256,
    tenant,
    ...(budget !== undefined && { budget: toBudget(budget, `${where}.budget`) }),
    ...(models !== undefined && { models }),
    ...(requestsPerMinute !== undefined && { requestsPerMinute }),
  }
}

function toBudget(value: unknown, where: string): BudgetLimits {
  if (!isRecord(value)) throw new TypeError(`${where} must be { "hourUsd": …, "dayUsd": … }.`)
  for (const [name, usd] of Object.entries(value)) {
    if (name !== 'hourUsd' && name !== 'dayUsd') throw new TypeError(`${where} has an unknown ${name}.`)
    if (!(typeof usd === 'number' && usd >= 0))
      throw new TypeError(`${where}.${name} must be a number from 0 up.`)
  }
  return value
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
