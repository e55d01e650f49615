import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'

import { InMemoryCache } from '@langchain/core/caches'
import { AIMessage } from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'
import { responseKey, type ByteStore, type ChatRequest } from '@plumbline/core'
import {
  createChatModel,
  createPipeline as createLangChainPipeline,
  ResponseCache,
  ResponseStore,
} from '@plumbline/langchain'
import { createPipeline } from '@plumbline/scratch'
import type { Redis } from 'ioredis'
import { canonicalize } from 'json-canonicalize'

import { answer } from './question.ts'

/** One thing that is measured: does its work once, and throws when it does not find what it looks for. */
export interface Contestant {
  name: string
  run(): unknown
}

const scope = { tenant: 'default', provider: 'openai@https://api.openai.com/v1', policyFingerprint: 'none' }

/** A hit of the builds' cache: policy, key, look-up, check and parsing. */
export async function storeHit(name: string, store: ByteStore, request: ChatRequest): Promise<Contestant> {
  const cache = new ResponseStore({ store })
  const { signal } = new AbortController()
  const plan = await cache.plan(request, scope)
  if (!(await cache.write(plan, answer))) throw new Error(`${name} has stored nothing.`)
  return {
    name,
    async run() {
      const { stored } = await cache.lookUp(await cache.plan(request, scope), signal)
      if (stored === undefined) throw new Error(`${name} has missed.`)
    },
  }
}

/** A hit of a LangChain cache, by the text and the key that LangChain gives it: what they take to make is not counted. */
export async function langChainHit(
  name: string,
  cache: InMemoryCache | ResponseCache,
  request: ChatRequest,
): Promise<Contestant> {
  const prompt = `Human: ${String(request.messages[0]?.content)}`
  const llmKey = '_model:"base_chat_model",_type:"openai",model:"gpt-4o-mini",temperature:0'
  const text = String(answer.choices[0]?.message.content)
  const message = new AIMessage({ content: text, response_metadata: { finish_reason: 'stop' } })
  await cache.update(prompt, llmKey, [{ text, message } as { text: string }])
  return {
    name,
    async run() {
      if ((await cache.lookup(prompt, llmKey)) === null) throw new Error(`${name} has missed.`)
    },
  }
}

/** What no cache by exact match can do without, as a library has it. */
export function canonicalJsonAndHash(name: string, request: ChatRequest): Contestant {
  return { name, run: () => createHash('sha256').update(canonicalize(request)).digest('base64url') }
}

export function ownKey(name: string, request: ChatRequest): Contestant {
  return { name, run: () => responseKey(request, scope) }
}

/** Whole calls that hit, through everything that surrounds the cache. `fetch` answers the first call of each. */
export async function wholeCalls(request: ChatRequest): Promise<Contestant[]> {
  let asked = 0
  const fetch: typeof globalThis.fetch = () => {
    asked++
    return Promise.resolve(Response.json(answer))
  }
  const fields = { model: request.model, temperature: 0, apiKey: 'cache-speed', configuration: { fetch } }
  const text = String(request.messages[0]?.content)
  const provider = { baseUrl: 'http://127.0.0.1:9/v1', apiKey: 'cache-speed', fetch }
  const stock = (): ChatOpenAI => new ChatOpenAI({ ...fields, cache: new InMemoryCache() })
  const own = new ChatOpenAI({ ...fields, cache: new ResponseCache() })
  const staged = createChatModel(fields, { cache: new ResponseStore() })
  const scratch = createPipeline({ provider, guardrails: false })
  const langchain = createLangChainPipeline({ provider, guardrails: false })
  const [one, other] = [stock(), stock()]
  const contestants = [
    { name: 'ChatOpenAI with InMemoryCache', run: () => one.invoke(text) },
    { name: 'ChatOpenAI with InMemoryCache again (A/A)', run: () => other.invoke(text) },
    { name: 'ChatOpenAI with ResponseCache', run: () => own.invoke(text) },
    { name: 'createChatModel with ResponseStore', run: () => staged.invoke(text) },
    { name: 'langchain, pipeline', run: () => langchain.chat(request) },
    { name: 'scratch, pipeline', run: () => scratch.chat(request) },
  ]
  for (const { run } of contestants) {
    await run()
    await run()
  }
  if (asked !== contestants.length)
    throw new Error(`${contestants.length} caches that were asked twice asked the provider ${asked} times.`)
  return contestants
}

/** A row of the same size by the same database, with nothing round it. */
export function rawSelect(name: string, path: string, value: Uint8Array): Contestant & { close(): void } {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE entry (key TEXT PRIMARY KEY, value BLOB)')
  database.prepare('INSERT INTO entry VALUES (?, ?)').run('key', value)
  const select = database.prepare('SELECT value FROM entry WHERE key = ?')
  return {
    name,
    run() {
      if (select.get('key') === undefined) throw new Error(`${name} has found nothing.`)
    },
    close: () => database.close(),
  }
}

/** A value of the same size by the same client library, with nothing round it. */
export async function rawGet(name: string, client: Redis, value: Uint8Array): Promise<Contestant> {
  const key = 'cache-speed:raw'
  await client.set(key, Buffer.from(value))
  return {
    name,
    async run() {
      if ((await client.getBuffer(key)) === null) throw new Error(`${name} has found nothing.`)
    },
  }
}
