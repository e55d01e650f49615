import {
  CancelledError,
  InvalidRequestError,
  PlumblineError,
  TimeoutError,
  toPlumblineError,
  TruncatedError,
  UpstreamError,
  type CallContext,
} from '@plumbline/core'
import {
  AISDKError,
  APICallError,
  InvalidArgumentError,
  InvalidPromptError,
  MissingToolResultsError,
  NoOutputGeneratedError,
  RetryError,
  StreamProviderError,
  UnsupportedFunctionalityError,
} from 'ai'

const badRequests = [
  InvalidArgumentError,
  InvalidPromptError,
  MissingToolResultsError,
  UnsupportedFunctionalityError,
]

/**
 * The AI SDK's error (https://ai-sdk.dev/docs/reference/ai-sdk-errors, read 2026-11-24) under the name that the contract
 * has for the same thing, with as many attempts as it tells of.
 */
export function toContractError(thrown: unknown, context: CallContext): PlumblineError {
  const attempts = RetryError.isInstance(thrown) ? thrown.errors.length : 1
  const error = named(RetryError.isInstance(thrown) ? thrown.lastError : thrown, context)
  error.attempts = attempts
  return error
}

function named(thrown: unknown, context: CallContext): PlumblineError {
  const facts = { cause: thrown }
  if (PlumblineError.isInstance(thrown)) return thrown
  if (context.signal?.aborted) return new CancelledError('The call was aborted.', facts)
  if (thrown instanceof Error && ['AbortError', 'TimeoutError'].includes(thrown.name))
    return new TimeoutError('The call timed out.', facts)
  // An answer that began well and could not be read to its end, or not be understood: `cause` says which.
  if (APICallError.isInstance(thrown) && thrown.statusCode === 200 && thrown.cause !== undefined)
    return named(thrown.cause, context)
  if (APICallError.isInstance(thrown) || StreamProviderError.isInstance(thrown)) {
    const { statusCode: status, name, message } = thrown
    const code = APICallError.isInstance(thrown) ? codeOf(thrown.data) : thrown.code
    const headers = APICallError.isInstance(thrown) ? new Headers(thrown.responseHeaders) : undefined
    return toPlumblineError(
      Object.assign(new Error(message, facts), { name, status, code, headers }),
      Date.now(),
    )
  }
  if (NoOutputGeneratedError.isInstance(thrown))
    return thrown.cause === undefined
      ? new TruncatedError('The stream ended without output.', facts)
      : named(thrown.cause, context)
  if (badRequests.some((type) => type.isInstance(thrown)))
    return new InvalidRequestError('The AI SDK does not take this request.', facts)
  return AISDKError.isInstance(thrown)
    ? new UpstreamError('The AI SDK does not take this answer.', facts)
    : toPlumblineError(thrown, Date.now())
}

function codeOf(data: unknown): string | undefined {
  // The error body of an OpenAI-compatible server, which the provider package has parsed.
  const code = (data as { error?: { code?: unknown } } | undefined)?.error?.code
  return typeof code === 'string' ? code : undefined
}
