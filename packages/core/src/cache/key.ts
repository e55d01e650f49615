import { createHash } from 'node:crypto'

import { canonicalize } from 'json-canonicalize'

import type { ChatRequest, EmbedRequest } from '../contract/wire.ts'
import { normaliseRequest } from './normalise.ts'

/**
 * Fields that carry transport and bookkeeping and cannot change the answer. Everything else counts, unknown fields included:
 * a field that is forgotten here costs a hit, one too many costs a wrong answer.
 */
const bookkeepingFields = new Set([
  'stream',
  'stream_options',
  'user',
  'metadata',
  'store',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
])

/** Raised when what an entry's bytes mean changes, so that old entries are never read as new ones. */
const keySchema = 1

export interface KeyScope {
  tenant: string
  /** The provider's name and base URL: two servers never answer for each other. */
  provider: string
  /** `GuardrailPolicy.fingerprint`, or `none`. */
  policyFingerprint: string
}

/**
 * The cache key of a chat request: `plumbline:1:r:TENANT:REQUEST`, both parts SHA-256 in base64url, so that a key holds no
 * text, no secret and no delimiter of anyone's. The request is canonical JSON (RFC 8785): key order does not matter.
 * It is the request *after* redaction that belongs in here.
 *
 * With `matching` `normalised` it is the normalised request that counts. Keys of the two kinds are never equal: an exact cache is
 * not answered by what a normalised one has stored.
 */
export function responseKey(
  request: ChatRequest,
  scope: KeyScope,
  { matching = 'exact' }: { matching?: 'exact' | 'normalised' | undefined } = {},
): string {
  const isNormalised = matching === 'normalised'
  const answerFields = Object.fromEntries(
    // An explicit undefined is left out on the wire, so it is left out here.
    Object.entries(isNormalised ? normaliseRequest(request) : request).filter(
      ([field, value]) => value !== undefined && !bookkeepingFields.has(field),
    ),
  )
  const kind = isNormalised ? ['normalised'] : []
  const text = canonicalize([scope.provider, scope.policyFingerprint, answerFields, ...kind])
  return `${partition('r', scope.tenant)}:${digest(text)}`
}

/** Fields of an embedding request that do not change its vectors; the encoding does not either. */
const embeddingBookkeepingFields = new Set(['input', 'encoding_format', 'user'])

/**
 * The cache key of one text's vector: `plumbline:1:v:TENANT:TEXT`. It holds the model, the dimensions and every unknown field
 * of the request it was asked in; base64 and float answers share it.
 */
export function vectorKey(text: string, request: EmbedRequest, scope: KeyScope): string {
  const vectorFields = Object.fromEntries(
    Object.entries(request).filter(
      ([field, value]) => value !== undefined && !embeddingBookkeepingFields.has(field),
    ),
  )
  const identity = canonicalize([scope.provider, scope.policyFingerprint, vectorFields, text])
  return `${partition('v', scope.tenant)}:${digest(identity)}`
}

/** The part of a key that every entry of one tenant and kind shares; a tenant's name can hold any character. */
function partition(kind: 'r' | 'v', tenant: string): string {
  // As JSON, which escapes half a surrogate pair: UTF-8 would make one name of all of them.
  return `plumbline:${keySchema}:${kind}:${digest(JSON.stringify(tenant))}`
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
