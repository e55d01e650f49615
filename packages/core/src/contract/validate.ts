import { assertTtl } from '../cache/ttl.ts'
import { InvalidRequestError } from './errors.ts'
import type { StreamOptions } from './options.ts'
import type { CallContext } from './pipeline.ts'
import type { ChatRequest, EmbedRequest } from './wire.ts'

/**
 * Throws `InvalidRequestError` with the path of the first thing that is wrong, before any provider is called.
 * Checks what JSON cannot carry and what no server accepts; everything else is the provider's to judge.
 */
export function assertChatRequest(request: ChatRequest): void {
  assertObject(request, 'A chat request')
  assertModel(request.model)
  if (!Array.isArray(request.messages)) fail('messages', 'must be an array of messages')
  if (request.messages.length === 0) fail('messages', 'must hold at least one message')
  for (const [index, message] of request.messages.entries()) {
    if (typeof message !== 'object' || message === null)
      fail(`messages[${index}]`, 'must be a message object')
    if (typeof message.role !== 'string') fail(`messages[${index}].role`, 'must be a string')
  }
  assertJson(request, '')
}

/** As `assertChatRequest`, for embeddings: one text or a non-empty array of texts. */
export function assertEmbedRequest(request: EmbedRequest): void {
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
  assertJson(request, '')
}

/** Throws `RangeError` for a deadline or a TTL of one call that is none, with its name and value. */
export function assertCallContext({ deadlineMs, cacheTtlMs }: CallContext): void {
  if (deadlineMs !== undefined && !(deadlineMs > 0))
    throw new RangeError(`deadlineMs must be a positive number of ms, not ${deadlineMs}`)
  assertTtl('cacheTtlMs', cacheTtlMs)
}

/** Throws `RangeError` for a limit of silence that is none, with its name and value. `Infinity` is a limit that never comes. */
export function assertStreamOptions(options: StreamOptions = {}): void {
  for (const name of ['firstContentTimeoutMs', 'idleTimeoutMs'] as const) {
    const limitMs = options[name]
    if (limitMs === undefined || limitMs > 0) continue
    throw new RangeError(`stream.${name} must be a positive number of ms, not ${limitMs}`)
  }
}

/** Throws at the first value that would change or vanish in JSON: NaN, Infinity, bigint, functions, symbols, Map, Date … */
function assertJson(value: unknown, path: string): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined': // An undefined field is left out of the JSON, as every SDK does.
      return
    case 'number':
      if (!Number.isFinite(value)) fail(path, `must be a finite number, not ${value}`)
      return
    case 'object':
      break
    default:
      fail(path, `must be a JSON value, not a ${typeof value}`)
  }
  if (value === null) return
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      // JSON turns a hole or an undefined item into null, which is another request.
      if (value[index] === undefined) fail(`${path}[${index}]`, 'must not be undefined')
      assertJson(value[index], `${path}[${index}]`)
    }
    return
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  // A plain object of another realm has a prototype whose own prototype is null.
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
    fail(path, `must be a plain object, not a ${(value as object).constructor?.name ?? 'class instance'}`)
  }
  for (const [field, item] of Object.entries(value))
    assertJson(item, path === '' ? field : `${path}.${field}`)
}

function assertObject(request: unknown, what: string): void {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    throw new InvalidRequestError(`${what} must be an object. Nothing was sent.`)
  }
}

function assertModel(model: unknown): void {
  if (typeof model !== 'string' || model === '') fail('model', 'must be a non-empty string')
}

function fail(path: string, problem: string): never {
  throw new InvalidRequestError(`Invalid request: ${path || 'the request'} ${problem}. Nothing was sent.`, {
    path,
  })
}
