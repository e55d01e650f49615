import { createHash } from 'node:crypto'

import type { BudgetAnswer, BudgetClaim, BudgetStore } from '../budget/budget-store.ts'
import { createMemoryBudgetStore } from '../budget/memory-budget-store.ts'
import { systemClock, type Clock } from '../contract/clock.ts'
import { reserveScript, settleScript } from './scripts.ts'

/** The part of an `ioredis` client that is used: `new Redis(url, { maxRetriesPerRequest: 0, enableOfflineQueue: false })`. */
export interface RedisBudgetClient {
  eval(script: string, numberOfKeys: number, ...keysAndArguments: (string | number)[]): Promise<unknown>
}

export interface RedisBudgetOptions {
  /** Opened and closed by the caller. */
  client: RedisBudgetClient
  /** Begins every key. Default `plumbline`. */
  prefix?: string
  /**
   * What becomes of calls while Redis does not answer. `own-count`: each process goes on by what it has counted itself, so that several
   * may pass the limit together. `refuse`: no call is sent. Default `own-count`.
   */
  whenDown?: 'own-count' | 'refuse'
  /** How long Redis may take, in ms. Default 100. */
  timeoutMs?: number
  /** After a failure Redis is not asked for this time, so that it delays nobody, in ms. Default 1,000. */
  pauseMs?: number
  /** What a process that died had held is forgotten after this time, in ms. Longer than any call. Default 10 minutes. */
  forgetMs?: number
  clock?: Clock
}

/**
 * Budgets that several processes share, in Redis or Valkey, each step one Lua script and so atomic. A tenant is a hash of its name in
 * the keys, a slot of its own in a cluster.
 */
export function createRedisBudgetStore(options: RedisBudgetOptions): BudgetStore {
  const { client, prefix = 'plumbline', whenDown = 'own-count', clock = systemClock } = options
  const { timeoutMs = 100, pauseMs = 1_000, forgetMs = 600_000 } = options
  // Counts along at any time, for when it is needed.
  const own = createMemoryBudgetStore()
  let pausedUntilMs = Number.NEGATIVE_INFINITY

  function keysOf({ tenant, windows }: BudgetClaim): string[] {
    const slot = `{${createHash('sha256').update(tenant).digest('base64url')}}`
    return windows.flatMap(({ name, startMs }) => {
      const key = `${prefix}:budget:${slot}:${name}:${startMs}`
      return [key, `${key}:expiries`]
    })
  }

  /** Undefined when Redis does not answer in time, or did not a moment ago. */
  async function run(
    script: string,
    claim: BudgetClaim,
    args: (string | number)[],
  ): Promise<BudgetAnswer | undefined> {
    if (clock.monotonicMs() < pausedUntilMs) return undefined
    const keys = keysOf(claim)
    try {
      const reply = await within(timeoutMs, client.eval(script, keys.length, ...keys, ...args))
      return toAnswer(claim, reply as (string | number)[]) // What the scripts answer.
    } catch {
      pausedUntilMs = clock.monotonicMs() + pauseMs
      return undefined
    }
  }

  function ttlMs({ endMs }: BudgetClaim['windows'][number], { nowMs }: BudgetClaim): number {
    return Math.ceil(endMs - nowMs + forgetMs)
  }

  return {
    kind: 'redis',
    async reserve(claim) {
      const { id, amountNanoUsd, windows, nowMs } = claim
      const perWindow = windows.flatMap((window) => [
        window.limitNanoUsd,
        window.warnNanoUsd,
        ttlMs(window, claim),
      ])
      const shared = await run(reserveScript, claim, [
        id,
        amountNanoUsd,
        nowMs,
        nowMs + forgetMs,
        ...perWindow,
      ])
      if (shared?.refused) return shared
      const [window] = windows
      if (shared === undefined && whenDown === 'refuse' && window) {
        return { refused: { window, usedNanoUsd: window.limitNanoUsd }, warnings: [], isLost: true }
      }
      const counted = await own.reserve(claim)
      return shared ?? { ...counted, isLost: true }
    },
    async settle(claim, costNanoUsd) {
      const { id, windows } = claim
      const counted = await own.settle(claim, costNanoUsd)
      const perWindow = windows.flatMap((window) => [window.warnNanoUsd, ttlMs(window, claim)])
      return (await run(settleScript, claim, [id, costNanoUsd, ...perWindow])) ?? { ...counted, isLost: true }
    },
  }
}

function toAnswer({ windows }: BudgetClaim, [refused, ...readings]: (string | number)[]): BudgetAnswer {
  const all = windows.map((window, index) => ({
    window,
    usedNanoUsd: Number(readings[2 * index]),
    warns: readings[2 * index + 1] === 1,
  }))
  return {
    refused: all[Number(refused) - 1],
    warnings: all.filter(({ warns }) => warns),
  }
}

/** Settles as `promise` does, or rejects after `limitMs`. */
function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Redis did not answer in time.')), limitMs)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
