import { createHash } from 'node:crypto'

/** What an entry belongs to, besides everything that is stored: it ends with any of it. */
export interface EntryScopes {
  tenant: string
  /** As the request names it. */
  model: string
  /** In any order. Default none. */
  tags?: readonly string[] | undefined
}

/** Of the tags of one call: each is one more epoch to look up. */
const maxTags = 16

/** Of a tag, in UTF-16 code units: a tag is a name. */
const longestTag = 256

/** Throws `TypeError` for what are no tags, and `RangeError` for too many of them or one that is empty or too long. */
export function assertCacheTags(tags: readonly string[]): void {
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string'))
    throw new TypeError('cacheTags must be an array of texts.')
  if (tags.length > maxTags)
    throw new RangeError(`cacheTags must be at most ${maxTags} tags, not ${tags.length}`)
  if (tags.some((tag) => tag === '' || tag.length > longestTag))
    throw new RangeError(`each of cacheTags must be of 1 to ${longestTag} characters`)
}

/** The tags in one order, each once: what they are written down as. */
export function sortedTags(tags: readonly string[] = []): string[] {
  return [...new Set(tags)].toSorted()
}

/** The names of an entry's scopes, as a store knows them. */
export function scopeNames({ tenant, model, tags }: EntryScopes): string[] {
  return [
    allScope,
    scopeName('tenant', tenant),
    scopeName('model', model),
    ...sortedTags(tags).map((tag) => scopeName('tag', tag)),
  ]
}

/** The scope that every entry has. */
export const allScope = 'all'

/** A scope's name in a store: a digest, which holds nobody's name and no delimiter. */
export function scopeName(kind: 'tenant' | 'model' | 'tag', name: string): string {
  // As JSON, which escapes half a surrogate pair: UTF-8 would make one name of all of them.
  return `${kind}:${createHash('sha256').update(JSON.stringify(name)).digest('base64url')}`
}
