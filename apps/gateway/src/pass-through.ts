import { CancelledError, toPlumblineError, type PlumblineError } from '@plumbline/core'

import type { PassThrough } from './gateway-options.ts'

/** The provider's models, those that the key may ask for. Rejects with a `PlumblineError`. */
export async function listModels(
  provider: PassThrough,
  allowed: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<object> {
  const list = await ask(provider, '/models', { method: 'GET', signal })
  if (allowed === undefined) return list
  const { data } = list as { data?: { id?: string }[] } // OpenAI's list.
  return { ...list, data: data?.filter(({ id }) => id !== undefined && allowed.includes(id)) ?? [] }
}

/** The answer to a request that is sent on as it is. Rejects with a `PlumblineError`. */
export function passOn(
  provider: PassThrough,
  path: string,
  body: string,
  signal: AbortSignal,
): Promise<object> {
  return ask(provider, path, { method: 'POST', body, signal })
}

async function ask(
  { baseUrl, apiKey, fetch, deadlineMs = 60_000 }: PassThrough,
  path: string,
  init: { method: string; body?: string; signal: AbortSignal },
): Promise<object> {
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}${path}`, {
      ...init,
      signal: AbortSignal.any([init.signal, AbortSignal.timeout(deadlineMs)]),
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(init.body !== undefined && { 'content-type': 'application/json' }),
      },
    })
    if (!response.ok) throw await toFailure(response)
    return (await response.json()) as object // Its JSON is passed on as it is.
  } catch (thrown) {
    if (init.signal.aborted) throw new CancelledError('The caller left.', { cause: thrown })
    throw toPlumblineError(thrown, Date.now())
  }
}

/** What the status and the code say, as of a chat. Never the provider's own words and headers: they quote the key, and name accounts. */
async function toFailure(response: Response): Promise<PlumblineError> {
  const { status, headers } = response
  // OpenAI's error where it is one.
  const body = (await response.json().catch(() => null)) as {
    error?: { code?: unknown; type?: unknown }
  } | null
  const { code, type } = body?.error ?? {}
  return toPlumblineError({ status, headers, code, type }, Date.now())
}
