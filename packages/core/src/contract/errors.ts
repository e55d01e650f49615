/**
 * The errors of both builds: one base class, one subclass for each decision a caller can make.
 * They are recognised by brand, since two copies of this file must know each other's errors.
 */

export type ErrorCode =
  | 'RATE_LIMITED'
  | 'QUOTA_EXCEEDED'
  | 'TIMEOUT'
  | 'AUTHENTICATION'
  | 'INVALID_REQUEST'
  | 'CONTEXT_LENGTH'
  | 'CONTENT_FILTERED'
  | 'UPSTREAM'
  | 'NETWORK'
  | 'UPSTREAM_TRUNCATED'
  | 'CANCELLED'
  | 'GUARDRAIL_BLOCKED'
  | 'BUDGET_EXCEEDED'
  | 'SLOW_CONSUMER'
  | 'STORE_UNAVAILABLE'

export interface ErrorFacts {
  /** HTTP status of the provider's answer, where there was one. */
  status?: number | undefined
  /** Requests that reached the provider for this call. */
  attempts?: number | undefined
  /** How long the provider asked to wait, in ms. */
  retryAfterMs?: number | undefined
  /** Whether the same call may be tried again; each class has its default. */
  retryable?: boolean | undefined
  cause?: unknown
}

const brand = Symbol.for('plumbline.error')

/** What Node's `inspect`, and so `console.error`, asks an object for (nodejs.org/api/util.html, read 2026-11-24). */
const inspected = Symbol.for('nodejs.util.inspect.custom')

/** What every failed call rejects with. `message` holds no prompt, no answer and no key. */
export class PlumblineError extends Error {
  readonly [brand] = true
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined
  /** Requests that reached the provider for this call; set by the pipeline when the call ends. */
  attempts: number | undefined
  /** Of an embedding call that takes several requests: which of them failed, from 1, of how many. */
  part: { number: number; of: number } | undefined = undefined

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = new.target.name
    this.code = code
    this.retryable = facts.retryable ?? false
    this.status = facts.status
    this.retryAfterMs = facts.retryAfterMs
    this.attempts = facts.attempts
  }

  /**
   * What `console.error` prints: all but the words of `cause`, which are the provider's or the caller's and may quote prompts and
   * keys. They are there for who asks for `cause` by name.
   */
  [inspected](): string {
    const { cause, code, status, attempts, retryAfterMs } = this
    const facts = Object.entries({ code, status, attempts, retryAfterMs }).filter(
      ([, value]) => value !== undefined,
    )
    const causedBy = cause instanceof Error ? `, cause: ${cause.constructor.name} (not shown)` : ''
    return `${this.stack} { ${facts.map(([name, value]) => `${name}: ${value}`).join(', ')}${causedBy} }`
  }

  /** Says which of an embedding call's requests failed; the first time counts, since the others fail with its error. */
  namePart(part: { number: number; of: number }): void {
    if (this.part !== undefined) return
    this.part = part
    this.message += ` It was request ${part.number} of ${part.of} of an embedding call; the vectors of those before it are kept.`
  }

  /** True for an error of any copy of this class, or of the subclass it is called on. */
  static isInstance<T extends PlumblineError>(
    this: abstract new (...args: never[]) => T,
    error: unknown,
  ): error is T {
    if (typeof error !== 'object' || error === null || !(brand in error)) return false
    return this.name === 'PlumblineError' || ('name' in error && error.name === this.name)
  }
}

/** 429 that passes with time. */
export class RateLimitedError extends PlumblineError {
  constructor(message: string, facts?: ErrorFacts) {
    super('RATE_LIMITED', message, { retryable: true, ...facts })
  }
}

/** 429 `insufficient_quota`: waiting does not help, paying does. */
export class QuotaExceededError extends PlumblineError {
  constructor(message: string, facts?: ErrorFacts) {
    super('QUOTA_EXCEEDED', message, facts)
  }
}

/** The deadline, or one of the provider's own limits, passed. */
export class TimeoutError extends PlumblineError {
  constructor(message: string, facts?: ErrorFacts) {
    super('TIMEOUT', message, facts)
  }
}

/** 401 or 403. */
export class AuthenticationError extends PlumblineError {
  constructor(message: string, facts?: ErrorFacts) {
    super('AUTHENTICATION', message, facts)
  }
}

/** The request is wrong: found by us before the call, or by the provider (400, 404, 413, 422). */
export class InvalidRequestError extends PlumblineError {
  /** Where in the request, as a path such as `messages[2].content`; undefined when the provider found it. */
  readonly path: string | undefined

  constructor(message: string, facts?: ErrorFacts & { path?: string }) {
    super('INVALID_REQUEST', message, facts)
    this.path = facts?.path
  }
}

/** The prompt does not fit the model's context window. */
export class ContextLengthError extends PlumblineError {
  constructor(message: string, facts?: ErrorFacts) {
    super('CONTEXT_LENGTH', message, facts)
  }
}

/** The provider refused the request with an error because of its content policy. */
export class ContentFilteredError extends PlumblineError {
  constructor(message: string, facts?: ErrorFacts) {
    super('CONTENT_FILTERED', message, facts)
  }
}

/** The provider answered, and the answer is a failure or makes no sense (5xx, broken JSON, no choices). */
export class UpstreamError extends PlumblineError {
  constructor(message: string, facts?: ErrorFacts) {
    super('UPSTREAM', message, { retryable: true, ...facts })
  }
}

/** The provider could not be reached, or the connection broke before an answer. */
export class NetworkError extends PlumblineError {
  constructor(message: string, facts?: ErrorFacts) {
    super('NETWORK', message, { retryable: true, ...facts })
  }
}

/** A stream ended without a finish reason: what arrived is a part of an answer. */
export class TruncatedError extends PlumblineError {
  constructor(message: string, facts?: ErrorFacts) {
    super('UPSTREAM_TRUNCATED', message, facts)
  }
}

/** The caller aborted, or stopped reading. */
export class CancelledError extends PlumblineError {
  constructor(message: string, facts?: ErrorFacts) {
    super('CANCELLED', message, facts)
  }
}

/** What a blocking rule found: names, counts and sizes. */
export interface GuardrailFacts {
  ruleId: string
  direction: 'input' | 'output'
  /** How many findings. Default 1. */
  count?: number | undefined
  /** The distinct types of the findings. Default none. */
  types?: readonly string[] | undefined
  /** The limit that was passed and the size that was found, in UTF-16 code units; only for rules about size. */
  limit?: number | undefined
  size?: number | undefined
}

/** A guardrail rule blocked the input or the output. Names rules and positions, never the text. */
export class GuardrailBlockedError extends PlumblineError {
  readonly ruleId: string
  readonly direction: 'input' | 'output'
  readonly count: number
  readonly types: readonly string[]
  readonly limit: number | undefined
  readonly size: number | undefined

  constructor(message: string, facts: ErrorFacts & GuardrailFacts) {
    super('GUARDRAIL_BLOCKED', message, facts)
    this.ruleId = facts.ruleId
    this.direction = facts.direction
    this.count = facts.count ?? 1
    this.types = facts.types ?? []
    this.limit = facts.limit
    this.size = facts.size
  }
}

/** A reader of a shared stream has fallen behind further than the stream is kept. The answer itself is on its way into the cache. */
export class SlowConsumerError extends PlumblineError {
  constructor(message: string, facts?: ErrorFacts) {
    super('SLOW_CONSUMER', message, { retryable: true, ...facts })
  }
}

/** A store did not do what had to be done there and then: what was to be invalidated may still be served. */
export class StoreUnavailableError extends PlumblineError {
  constructor(message: string, facts?: ErrorFacts) {
    super('STORE_UNAVAILABLE', message, { retryable: true, ...facts })
  }
}

/** Which budget, and what there was in it; money in integer nano-dollars. */
export interface BudgetFacts {
  window?: 'hour' | 'day' | undefined
  limitNanoUsd?: number | undefined
  /** Spent and in flight, this call aside. */
  usedNanoUsd?: number | undefined
  /** What this call may cost at most. */
  callNanoUsd?: number | undefined
}

/** The tenant's budget does not allow this call. `retryAfterMs` is the time until the next window, where the call fits into one. */
export class BudgetExceededError extends PlumblineError {
  readonly window: 'hour' | 'day' | undefined
  readonly limitNanoUsd: number | undefined
  readonly usedNanoUsd: number | undefined
  readonly callNanoUsd: number | undefined

  constructor(message: string, facts?: ErrorFacts & BudgetFacts) {
    super('BUDGET_EXCEEDED', message, facts)
    this.window = facts?.window
    this.limitNanoUsd = facts?.limitNanoUsd
    this.usedNanoUsd = facts?.usedNanoUsd
    this.callNanoUsd = facts?.callNanoUsd
  }
}
