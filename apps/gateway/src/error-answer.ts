import { GuardrailBlockedError, InvalidRequestError, PlumblineError, type ErrorCode } from '@plumbline/core'

/** An error as OpenAI's API writes it (platform.openai.com/docs/api-reference/errors, read 2026-11-24), with our code. */
export interface ErrorBody {
  error: { message: string; type: string; param: string | null; code: string | null }
}

export interface ErrorAnswer {
  status: number
  headers: Record<string, string>
  body: ErrorBody
}

const gatewayCodes = [
  'UNAUTHENTICATED',
  'FOREIGN_PAGE',
  'MODEL_NOT_ALLOWED',
  'RATE_LIMITED',
  'OVERLOADED',
  'DRAINING',
  'REQUEST_TOO_LARGE',
  'INVALID_REQUEST',
  'NOT_FOUND',
] as const

/** What the gateway itself refuses. */
export type GatewayCode = (typeof gatewayCodes)[number]

const statuses: Record<ErrorCode, number> = {
  RATE_LIMITED: 429,
  QUOTA_EXCEEDED: 429,
  TIMEOUT: 504,
  // The provider refused the gateway's key, not the caller's.
  AUTHENTICATION: 502,
  INVALID_REQUEST: 400,
  CONTEXT_LENGTH: 400,
  CONTENT_FILTERED: 400,
  UPSTREAM: 502,
  NETWORK: 502,
  UPSTREAM_TRUNCATED: 502,
  // nginx's code for a caller who has left; nobody reads it.
  CANCELLED: 499,
  GUARDRAIL_BLOCKED: 400,
  BUDGET_EXCEEDED: 429,
  SLOW_CONSUMER: 408,
  STORE_UNAVAILABLE: 503,
}

/** Every code that an answer may have. */
export const answerCodes: ReadonlySet<string> = new Set([
  ...gatewayCodes,
  ...Object.keys(statuses),
  'INTERNAL',
])

/**
 * The answer to a call that failed. Messages of ours hold no prompt; of anything else nothing is told. `wasRetried`: every attempt that
 * the policy allows has been made, so that an SDK which tries again multiplies them. Default true.
 */
export function toErrorAnswer(
  thrown: unknown,
  { wasRetried = true }: { wasRetried?: boolean } = {},
): ErrorAnswer {
  if (!PlumblineError.isInstance(thrown)) {
    return answerOf(500, 'INTERNAL', 'The gateway failed. The call is not known to have been made.')
  }
  const { code, message, retryAfterMs, retryable } = thrown
  const passed = code === 'INVALID_REQUEST' && thrown.status !== undefined && thrown.status < 500
  // An empty path is the request itself.
  const param = (InvalidRequestError.isInstance(thrown) && thrown.path) || null
  return {
    ...answerOf(passed ? (thrown.status ?? 400) : statuses[code], code, message, param),
    headers: {
      ...((wasRetried || !retryable) && { 'x-should-retry': 'false' }),
      ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
      ...(GuardrailBlockedError.isInstance(thrown) && { 'x-plumbline-rule': thrown.ruleId }),
    },
  }
}

/** What the gateway says by itself; `retryAfterMs` where it makes sense to come back. */
export function refuse(
  status: number,
  code: GatewayCode,
  message: string,
  { retryAfterMs, param = null }: { retryAfterMs?: number; param?: string | null } = {},
): ErrorAnswer {
  const answer = answerOf(status, code, message, param)
  if (retryAfterMs !== undefined) answer.headers['retry-after'] = String(Math.ceil(retryAfterMs / 1000))
  return answer
}

function answerOf(status: number, code: string, message: string, param: string | null = null): ErrorAnswer {
  return { status, headers: {}, body: { error: { message, type: typeOf(status, code), param, code } } }
}

function typeOf(status: number, code: string): string {
  if (code === 'QUOTA_EXCEEDED' || code === 'BUDGET_EXCEEDED') return 'insufficient_quota'
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status < 500 ? 'invalid_request_error' : 'server_error'
}
