import { startRedisServer, type RedisServer } from '@plumbline/conformance'
import { decodeEntry, encodeEntry, responseKey, type ByteStore } from '@plumbline/core'
import { createRedisStore } from '@plumbline/core/redis'

export interface HistoryOptions {
  seconds: number
  clients: number
  /** Uniform in [0, 1). */
  random: () => number
  /** What a client opens. Default a Redis store; a test puts a faulty one in its place. */
  open?: (url: string) => ByteStore
  /** How a client reads an entry. Default `decodeEntry`, as the response cache does. */
  decode?: typeof decodeEntry
}

export interface History {
  writes: number
  hits: number
  misses: number
  /** Entries that had passed their time when they arrived, and were not served. */
  outlived: number
  /** Operations that rejected: of a store that was frozen or gone. */
  failures: number
  freezes: number
  kills: number
  /** One sentence each; none when every hit was what it had to be. */
  violations: string[]
}

interface Written {
  key: string
  text: string
  /** ms since the epoch. */
  expiresAt: number
}

/** What a key is asked for: few of each, so that clients meet. */
const tenants = ['acme', 'globex', 'a:b', '']
const questions = Array.from({ length: 12 }, (_, index) => `Question ${index}`)

/**
 * Clients that read, write, delete and let expire at random, each with a connection of its own, on one Redis that is frozen and
 * killed meanwhile. Every hit must be a whole value that was written before under the same key for the same tenant, and none may
 * be past its time.
 */
export async function runHistory(options: HistoryOptions): Promise<History> {
  const { seconds, clients, random, decode = decodeEntry } = options
  const { open = (url: string) => createRedisStore({ url }) } = options
  const server = await startRedisServer()
  const history: History = {
    writes: 0,
    hits: 0,
    misses: 0,
    outlived: 0,
    failures: 0,
    freezes: 0,
    kills: 0,
    violations: [],
  }
  const written = new Map<string, Written>()
  const endMs = performance.now() + seconds * 1_000
  const stores = Array.from({ length: clients }, () => open(server.url))
  try {
    await Promise.all([
      ...stores.map((store) => useStore(store, { history, written, endMs, random, decode })),
      breakServer(server, { history, endMs, random }),
    ])
  } finally {
    for (const store of stores) await store.close()
    await server.stop()
  }
  return history
}

/** Longer than an entry is past its time when it arrives, in ms, and shorter than clocks may differ. */
const wellBeforeMs = 30_000

interface Shared {
  history: History
  /** By the number that stands in the value. */
  written: Map<string, Written>
  endMs: number
  random: () => number
  decode: typeof decodeEntry
}

async function useStore(store: ByteStore, shared: Shared): Promise<void> {
  const { history, written, endMs, random } = shared
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T // The lists are not empty.
  while (performance.now() < endMs) {
    const scope = { tenant: one(tenants), provider: 'test', policyFingerprint: 'none' }
    const key = responseKey({ model: 'gpt-4o', messages: [{ role: 'user', content: one(questions) }] }, scope)
    const dice = random()
    try {
      if (dice < 0.4) await write(store, key, random, history, written)
      else if (dice < 0.45) await store.delete(key)
      else await read(store, key, shared)
    } catch {
      history.failures++
      // A store that is left alone rejects at once: the others have their turn.
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
}

async function write(
  store: ByteStore,
  key: string,
  random: () => number,
  history: History,
  written: Map<string, Written>,
): Promise<void> {
  const id = `value ${history.writes++}`
  const text = id.padEnd(20 + Math.floor(random() * 20_000), '.')
  const ttlMs = 1 + Math.floor(random() * 500)
  const createdAt = Date.now()
  const expiresAt = createdAt + ttlMs
  // Before it is sent: one that fails may still arrive.
  written.set(id, { key, text, expiresAt })
  const choice = { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: text } } as const
  const response = { id, object: 'chat.completion', created: 0, model: 'gpt-4o', choices: [choice] } as const
  await store.set(
    key,
    encodeEntry(key, { response: { ...response, choices: [choice] }, createdAt, expiresAt, epochs: '' }),
    ttlMs,
  )
}

async function read(store: ByteStore, key: string, { history, written, decode }: Shared): Promise<void> {
  const askedAt = Date.now()
  const bytes = await store.get(key)
  if (bytes === undefined) {
    history.misses++
    return
  }
  // As the response cache reads: what has passed its time is no hit, whatever the store says.
  const entry = decode(key, bytes, Date.now())
  if (entry === undefined) {
    // One that has passed its time was sound a moment ago.
    if (decode(key, bytes, askedAt - wellBeforeMs) === undefined)
      history.violations.push('The store has returned what is no entry.')
    history.outlived++
    return
  }
  history.hits++
  const value = written.get(entry.response.id)
  if (value === undefined) history.violations.push('A hit is no value that was written.')
  else if (value.key !== key) history.violations.push('A hit is the value of another key.')
  else if (entry.response.choices[0]?.message.content !== value.text)
    history.violations.push('A hit is not whole.')
  else if (askedAt >= value.expiresAt)
    history.violations.push(`A hit is ${askedAt - value.expiresAt} ms past its time.`)
}

async function breakServer(
  server: RedisServer,
  { history, endMs, random }: Pick<Shared, 'history' | 'endMs' | 'random'>,
): Promise<void> {
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  while (performance.now() < endMs) {
    await wait(300 + random() * 1_500)
    if (random() < 0.7) {
      history.freezes++
      server.freeze()
      await wait(random() * 600)
      server.thaw()
    } else {
      history.kills++
      await server.kill()
      await wait(random() * 300)
      await server.restart()
    }
  }
}
