import { NetworkError, PlumblineError, UpstreamError } from '../contract/errors.ts'

/** The error of a request that failed before its answer began; our own pass through. */
export function toConnectionError(error: unknown, isReused: boolean): PlumblineError {
  if (PlumblineError.isInstance(error)) return error
  return new NetworkError(
    isReused
      ? 'A kept connection broke before the provider answered.'
      : 'The provider could not be reached, or the connection broke before an answer.',
    { cause: error },
  )
}

/** The error of a body that broke off or cannot be unpacked; our own pass through. */
export function toBodyError(error: unknown): PlumblineError {
  if (PlumblineError.isInstance(error)) return error
  // Codes of node:zlib, and of brotli within it.
  if (error instanceof Error && 'code' in error && /^(Z_|ERR__ERROR_|ERR_BROTLI_)/.test(String(error.code))) {
    return new UpstreamError('The provider sent a compressed answer that cannot be unpacked.', {
      cause: error,
    })
  }
  return new NetworkError('The connection to the provider broke in the middle of the answer.', {
    cause: error,
  })
}
