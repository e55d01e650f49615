import { assertCacheTags } from '../cache/scopes.ts'
import { assertTtl } from '../cache/ttl.ts'
import { InvalidRequestError } from './errors.ts'
import type { PipelineOptions } from './options.ts'
import type { CallContext } from './pipeline.ts'
import type { ChatRequest, EmbedRequest } from './wire.ts'

/** Limits of a request of either kind. */
export interface RequestLimits {
  /** As `PipelineOptions.maxRequestBytes`. Default 64 MB. */
  maxRequestBytes?: number | undefined
}

/**
 * Throws `InvalidRequestError` with the path of the first thing that is wrong, before any provider is called.
 * Checks what JSON cannot carry, what no server accepts, and the size; everything else is the provider's to judge.
 */
export function assertChatRequest(request: ChatRequest, limits?: RequestLimits): void {
  assertObject(request, 'A chat request')
  assertModel(request.model)
  if (!Array.isArray(request.messages)) fail('messages', 'must be an array of messages')
  if (request.messages.length === 0) fail('messages', 'must hold at least one message')
  for (const [index, message] of request.messages.entries()) {
    if (typeof message !== 'object' || message === null)
      fail(`messages[${index}]`, 'must be a message object')
    if (typeof message.role !== 'string') fail(`messages[${index}].role`, 'must be a string')
  }
  assertJsonWithin(request, limits)
}

/** As `assertChatRequest`, for embeddings: one text or a non-empty array of texts. */
export function assertEmbedRequest(request: EmbedRequest, limits?: RequestLimits): void {
  assertObject(request, 'An embedding request')
  assertModel(request.model)
  const { input } = request
  if (typeof input !== 'string') {
    if (!Array.isArray(input) || input.length === 0)
      fail('input', 'must be a text or a non-empty array of texts')
    for (const [index, text] of input.entries()) {
      if (typeof text !== 'string') fail(`input[${index}]`, 'must be a text')
    }
  }
  assertJsonWithin(request, limits)
}

/** Throws `RangeError` or `TypeError` for a deadline, a TTL or a tag of one call that is none, with its name and value. */
export function assertCallContext({ deadlineMs, cacheTtlMs, cacheTags }: CallContext): void {
  if (deadlineMs !== undefined && !(deadlineMs > 0))
    throw new RangeError(`deadlineMs must be a positive number of ms, not ${deadlineMs}`)
  assertTtl('cacheTtlMs', cacheTtlMs)
  if (cacheTags !== undefined) assertCacheTags(cacheTags)
}

/**
 * Throws `RangeError` for an option of a pipeline that makes no sense, with its name and value: at once rather than at each call. A
 * limit of `Infinity` never comes. Caches, breaker and budget check their own.
 */
export function assertPipelineOptions(options: Omit<PipelineOptions, 'provider'>): void {
  const { deadlineMs, retry = {}, stream = {}, responseCache } = options
  const positive = {
    deadlineMs,
    'stream.firstContentTimeoutMs': stream.firstContentTimeoutMs,
    'stream.idleTimeoutMs': stream.idleTimeoutMs,
  }
  for (const [name, limitMs] of Object.entries(positive)) {
    if (limitMs === undefined || limitMs > 0) continue
    throw new RangeError(`${name} must be a positive number of ms, not ${limitMs}`)
  }
  const { maxRetries = 0, baseDelayMs = 0, maxDelayMs = 0 } = retry
  for (const [name, value] of Object.entries({ maxRetries, baseDelayMs, maxDelayMs })) {
    if (!(value >= 0)) throw new RangeError(`retry.${name} must be 0 or more, not ${value}`)
  }
  const { ttlJitter = 0, maxEntryBytes = 1 } = responseCache || {}
  if (!(maxEntryBytes > 0)) {
    throw new RangeError(
      `responseCache.maxEntryBytes must be a positive number of bytes, not ${maxEntryBytes}`,
    )
  }
  if (!(ttlJitter >= 0 && ttlJitter <= 1)) {
    throw new RangeError(`responseCache.ttlJitter must lie in [0, 1], not be ${ttlJitter}`)
  }
}

/** What is still allowed of a request while it is gone through. */
interface Measure {
  limitBytes: number
  bytes: number
  depth: number
  bytesOf(text: string): number
}

/** As many bytes as a UTF-16 code unit has at most in UTF-8. */
const mostBytesOfUnit = 3

/** Most requests are so far under the limit that lengths, which cost nothing, show it: their texts are not read. */
function assertJsonWithin(request: unknown, { maxRequestBytes = 67_108_864 }: RequestLimits = {}): void {
  if (!(maxRequestBytes > 0))
    throw new RangeError(`maxRequestBytes must be a positive number of bytes, not ${maxRequestBytes}`)
  const least: Measure = { limitBytes: maxRequestBytes, bytes: 0, depth: 0, bytesOf: ({ length }) => length }
  assertJson(request, '', least)
  if (least.bytes * mostBytesOfUnit <= maxRequestBytes) return
  assertJson(request, '', { ...least, bytes: 0, bytesOf: (text) => Buffer.byteLength(text) })
}

/** Deeper than any schema that a provider takes, and far from where `JSON.stringify` runs out of stack. Ends circles, too. */
const maxDepth = 500

/**
 * Throws at the first value that would change or vanish in JSON (NaN, Infinity, bigint, functions, symbols, Map, Date …), and as
 * soon as the request is too large. Reads each text once: what is too large must not be read twice to find that out.
 */
function assertJson(value: unknown, path: string, size: Measure): void {
  switch (typeof value) {
    case 'string':
      // The length is the least that it can be in bytes, and known without reading.
      addBytes(size, size.bytes + value.length > size.limitBytes ? value.length : size.bytesOf(value))
      return
    case 'boolean':
    case 'undefined': // An undefined field is left out of the JSON, as every SDK does.
      addBytes(size, 1)
      return
    case 'number':
      if (!Number.isFinite(value)) fail(path, `must be a finite number, not ${value}`)
      addBytes(size, 1)
      return
    case 'object':
      break
    default:
      fail(path, `must be a JSON value, not a ${typeof value}`)
  }
  addBytes(size, 1)
  if (value === null) return
  // Without the path, which is as long as the nesting is deep.
  if (++size.depth > maxDepth) fail('', `must not be nested more than ${maxDepth} deep`)
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index]
      // JSON turns a hole or an undefined item into null, which is another request.
      if (item === undefined) fail(`${path}[${index}]`, 'must not be undefined')
      assertJson(item, `${path}[${index}]`, size)
    }
  } else {
    const prototype: unknown = Object.getPrototypeOf(value)
    // A plain object of another realm has a prototype whose own prototype is null.
    if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
      fail(path, `must be a plain object, not a ${(value as object).constructor?.name ?? 'class instance'}`)
    }
    for (const [field, item] of Object.entries(value)) {
      addBytes(size, size.bytesOf(field))
      assertJson(item, path === '' ? field : `${path}.${field}`, size)
    }
  }
  size.depth--
}

function addBytes(size: Measure, bytes: number): void {
  size.bytes += bytes
  if (size.bytes > size.limitBytes)
    fail('', `is larger than ${size.limitBytes} bytes, which is the limit of maxRequestBytes`)
}

function assertObject(request: unknown, what: string): void {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    throw new InvalidRequestError(`${what} must be an object. Nothing was sent.`, { attempts: 0 })
  }
}

function assertModel(model: unknown): void {
  if (typeof model !== 'string' || model === '') fail('model', 'must be a non-empty string')
}

function fail(path: string, problem: string): never {
  throw new InvalidRequestError(`Invalid request: ${path || 'the request'} ${problem}. Nothing was sent.`, {
    path,
    attempts: 0,
  })
}
