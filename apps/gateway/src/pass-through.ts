import type { PassThrough } from './gateway-options.ts'
import { refuse } from './error-answer.ts'

/** The provider's models, those that the key may ask for. */
export async function listModels(
  provider: PassThrough,
  allowed: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<Response> {
  const response = await ask(provider, '/models', { method: 'GET', signal })
  if (!response.ok || allowed === undefined) return response
  const { data, ...rest } = (await response.json()) as { data?: { id?: string }[] } // OpenAI's list.
  return Response.json({
    ...rest,
    data: data?.filter(({ id }) => id !== undefined && allowed.includes(id)) ?? [],
  })
}

/** A request that is sent on as it is, and its answer. */
export function passOn(
  provider: PassThrough,
  path: string,
  body: string,
  signal: AbortSignal,
): Promise<Response> {
  return ask(provider, path, { method: 'POST', body, signal })
}

async function ask(
  { baseUrl, apiKey, fetch }: PassThrough,
  path: string,
  init: { method: string; body?: string; signal: AbortSignal },
): Promise<Response> {
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}${path}`, {
      ...init,
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(init.body !== undefined && { 'content-type': 'application/json' }),
      },
    })
    // The provider's own headers name accounts and cookies.
    const type = response.headers.get('content-type') ?? 'application/json'
    return new Response(response.body, { status: response.status, headers: { 'content-type': type } })
  } catch {
    const { status, body } = refuse(502, 'UPSTREAM', 'The provider did not answer.')
    return Response.json(body, { status })
  }
}
