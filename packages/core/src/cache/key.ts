import { hash } from 'node:crypto'

import type { ChatRequest, EmbedRequest } from '../contract/wire.ts'
import { canonicalText } from './canonical-text.ts'
import { normaliseRequest } from './normalise.ts'
import { sortedTags } from './scopes.ts'

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

/** Raised when what a key is made of changes, so that old keys are never those of other requests. */
const keySchema = 2

export interface KeyScope {
  tenant: string
  /** The provider's name and base URL: two servers never answer for each other. */
  provider: string
  /** `GuardrailPolicy.fingerprint`, or `none`. */
  policyFingerprint: string
  /** `CallContext.cacheTags`: whoever names other tags would not find its entry ended with them. Default none. */
  tags?: readonly string[] | undefined
}

/**
 * The cache key of a chat request: `plumbline:2:r:TENANT:REQUEST`, both parts SHA-256 in base64url, so that a key holds no
 * text, no secret and no delimiter of anyone's. The request is taken by `canonicalText`: the order of its fields does not matter.
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
  const answerFields = withoutFields(isNormalised ? normaliseRequest(request) : request, bookkeepingFields)
  const kind = [...(isNormalised ? ['normalised'] : []), ...tagsOf(scope)]
  const text = canonicalText([scope.provider, scope.policyFingerprint, answerFields, ...kind])
  return `${partition('r', scope.tenant)}:${digest(text)}`
}

/** Fields of an embedding request that do not change its vectors; the encoding does not either. */
const embeddingBookkeepingFields = new Set(['input', 'encoding_format', 'user'])

/**
 * The cache key of one text's vector: `plumbline:2:v:TENANT:TEXT`. It holds the model, the dimensions and every unknown field
 * of the request it was asked in; base64 and float answers share it.
 */
export function vectorKey(text: string, request: EmbedRequest, scope: KeyScope): string {
  const vectorFields = withoutFields(request, embeddingBookkeepingFields)
  const parts = [scope.provider, scope.policyFingerprint, vectorFields, text, ...tagsOf(scope)]
  const identity = canonicalText(parts)
  return `${partition('v', scope.tenant)}:${digest(identity)}`
}

/** Without tags nothing: a key is then what it was before there were any. An object, which no kind and no text is. */
function tagsOf({ tags = [] }: KeyScope): { tags: string[] }[] {
  return tags.length === 0 ? [] : [{ tags: sortedTags(tags) }]
}

/** The part of a key that every entry of one tenant and kind shares; a tenant's name can hold any character. */
function partition(kind: 'r' | 'v', tenant: string): string {
  return `plumbline:${keySchema}:${kind}:${tenantDigest(tenant)}`
}

/** Of tenants that have been here: they come again and again. Forgotten all at once where they are too many. */
const tenantDigests = new Map<string, string>()
const maxTenantDigests = 1_000

function tenantDigest(tenant: string): string {
  const known = tenantDigests.get(tenant)
  if (known !== undefined) return known
  if (tenantDigests.size >= maxTenantDigests) tenantDigests.clear()
  // As JSON, which escapes half a surrogate pair: UTF-8 would make one name of all of them.
  const made = digest(JSON.stringify(tenant))
  tenantDigests.set(tenant, made)
  return made
}

function withoutFields(request: object, fields: ReadonlySet<string>): object {
  const all = request as Record<string, unknown> // By its own keys, whatever they hold.
  // Without a prototype, a field called `__proto__` is one like any other.
  const copy: Record<string, unknown> = { __proto__: null }
  for (const field of Object.keys(all)) if (!fields.has(field)) copy[field] = all[field]
  return copy
}

function digest(text: string): string {
  return hash('sha256', text, 'base64url')
}
