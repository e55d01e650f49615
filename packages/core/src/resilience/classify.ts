import {
  AuthenticationError,
  CancelledError,
  ContentFilteredError,
  ContextLengthError,
  InvalidRequestError,
  NetworkError,
  PlumblineError,
  QuotaExceededError,
  RateLimitedError,
  TimeoutError,
  UpstreamError,
  type ErrorFacts,
} from '../contract/errors.ts'
import { retryAfterMs, shouldRetryHeader } from './retry-headers.ts'

/** What can be read from an error of the openai SDK, of LangChain's wrapping of one, or of the transport. */
interface ProviderFailure {
  name: string
  status: number | undefined
  /** The provider's own error code (`insufficient_quota`), or the system's (`ECONNRESET`). */
  code: string | undefined
  /** The provider's own error type. Gateways leave the code out, or null, and say it here. */
  type: string | undefined
  headers: { get(name: string): string | null } | undefined
  cause: unknown
}

/**
 * The typed error for anything that a provider call threw; typed errors pass through. The provider's message stays in `cause`:
 * servers quote prompts and keys in theirs. `now` is the wall clock in ms, for `Retry-After` dates.
 */
export function toPlumblineError(thrown: unknown, now: number): PlumblineError {
  if (PlumblineError.isInstance(thrown)) return thrown
  const failure = readFailure(thrown)
  const { status, name, cause } = failure
  // The SDK calls everything that a fetch throws by one name; our transport knows whether another try makes sense.
  if (name === 'APIConnectionError' && PlumblineError.isInstance(cause)) return cause
  const facts: ErrorFacts = {
    cause: thrown,
    status,
    retryAfterMs: failure.headers && retryAfterMs(failure.headers, now),
  }
  if (status !== undefined) return fromStatus(status, failure, { ...facts, ...retryOverride(failure) })
  if (name === 'AbortError' || name === 'APIUserAbortError')
    return new CancelledError('The call was aborted.', facts)
  if (/timeout/i.test(name)) {
    return new TimeoutError('The provider did not answer in time.', { ...facts, retryable: true })
  }
  // The SDK throws a bare SyntaxError for a 200 whose body or event is not JSON.
  if (name === 'SyntaxError') return new UpstreamError('The provider answered with broken JSON.', facts)
  if (name === 'APIError') return new UpstreamError('The provider sent an error event in its stream.', facts)
  return new NetworkError('The provider could not be reached, or the connection broke.', facts)
}

function fromStatus(status: number, { code, type }: ProviderFailure, facts: ErrorFacts): PlumblineError {
  const answered = `The provider answered ${status}`
  if (code === 'insufficient_quota' || type === 'insufficient_quota') {
    return new QuotaExceededError(`${answered}: the quota is used up.`, { ...facts, retryable: false })
  }
  if (code === 'context_length_exceeded')
    return new ContextLengthError(`${answered}: the prompt is too long for the model.`, facts)
  if (code === 'content_filter' || code === 'content_policy_violation') {
    return new ContentFilteredError(`${answered}: its content policy refused the request.`, facts)
  }
  if (status === 401 || status === 403) {
    return new AuthenticationError(`${answered}: check the API key and its permissions.`, facts)
  }
  if (status === 429) return new RateLimitedError(`${answered}: too many requests.`, facts)
  if (status === 408) return new TimeoutError(`${answered}: it timed out.`, { retryable: true, ...facts })
  if (status === 409 || status >= 500) return new UpstreamError(`${answered}.`, facts)
  if (status >= 400) return new InvalidRequestError(`${answered}: it does not accept the request.`, facts)
  return new UpstreamError(`${answered}: redirects are not followed. Set baseUrl to the final address.`, {
    ...facts,
    retryable: false,
  })
}

/** `x-should-retry: false` always wins; `true` adds nothing to what the classes say already. */
function retryOverride({ headers }: ProviderFailure): Pick<ErrorFacts, 'retryable'> {
  return headers !== undefined && shouldRetryHeader(headers) === false ? { retryable: false } : {}
}

function readFailure(thrown: unknown): ProviderFailure {
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Record<string, unknown>
  const { status, code, type, headers, cause } = error
  return {
    // The constructor's name, since SDK errors keep the `name` of Error.
    name:
      error['name'] !== 'Error' && typeof error['name'] === 'string'
        ? error['name']
        : (error.constructor?.name ?? ''),
    status: typeof status === 'number' ? status : undefined,
    code: typeof code === 'string' ? code : undefined,
    type: typeof type === 'string' ? type : undefined,
    headers: isHeaders(headers) ? headers : undefined,
    cause,
  }
}

function isHeaders(value: unknown): value is { get(name: string): string | null } {
  return typeof value === 'object' && value !== null && 'get' in value && typeof value.get === 'function'
}
