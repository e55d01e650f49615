/** In UTF-16 units: a text from here on costs less beside the JSON than escaped in it. */
const longTextLength = 128

/** Begins what stands in the JSON for a long text. A short one that begins with it gets another one before it. */
const mark = '\0'

/**
 * One text for one JSON value: two values have the same text if, and only if, they are the same JSON but for the order of keys and fields
 * that are undefined. It is the value's JSON, keys in one order, in which a mark and its length stand for each long text; then a line
 * feed, which JSON escapes; then the long texts as they are. No lone surrogate is in it, so its UTF-8 is of no other text.
 *
 * Throws `TypeError` for what JSON cannot carry (NaN, Infinity, bigint, functions, symbols, undefined in a list, Map, Date …), and
 * `RangeError` for a circle, which no stack holds.
 */
export function canonicalText(value: unknown): string {
  const longTexts: string[] = []
  const json = JSON.stringify(ordered(value, longTexts))
  return longTexts.length === 0 ? json : `${json}\n${longTexts.join('')}`
}

/** A copy with keys in one order and long texts taken out: `JSON.stringify` then writes all of it natively, in one go. */
function ordered(value: unknown, longTexts: string[]): unknown {
  switch (typeof value) {
    case 'string':
      return orderedText(value, longTexts)
    case 'number':
      return Number.isFinite(value) ? value : refuse(String(value))
    case 'boolean':
      return value
    case 'object':
      if (value === null) return null
      return Array.isArray(value) ? orderedList(value, longTexts) : orderedObject(value, longTexts)
    default:
      return refuse(typeof value)
  }
}

function orderedText(text: string, longTexts: string[]): string {
  if (text.length >= longTextLength && text.isWellFormed()) {
    longTexts.push(text)
    return mark + text.length
  }
  return text.startsWith(mark) ? mark + text : text
}

function orderedList(list: readonly unknown[], longTexts: string[]): unknown[] {
  const copy: unknown[] = []
  // By index: `map` passes over holes, which JSON makes null.
  for (let index = 0; index < list.length; index++) copy.push(ordered(list[index], longTexts))
  return copy
}

function orderedObject(value: object, longTexts: string[]): object {
  const prototype: unknown = Object.getPrototypeOf(value)
  // A plain object of another realm has a prototype whose own prototype is null.
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null)
    refuse(value.constructor?.name ?? 'class instance')
  const fields = value as Record<string, unknown> // By its own keys, whatever they hold.
  const copy: Record<string, unknown> = {}
  // Keys that are whole numbers come first in any object: also one order.
  for (const key of sortKeys(Object.keys(value))) {
    const item = fields[key]
    if (item === undefined) continue
    // Assigned, it would be the copy's prototype and no part of its JSON.
    if (key === '__proto__')
      Object.defineProperty(copy, key, { value: ordered(item, longTexts), enumerable: true })
    else copy[key] = ordered(item, longTexts)
  }
  return copy
}

/** By UTF-16 units, in place. Objects have few keys, for which insertion takes half the time of `sort`. */
function sortKeys(keys: string[]): string[] {
  if (keys.length > 32) return keys.sort()
  for (let end = 1; end < keys.length; end++) {
    const key = keys[end] as string // Within the list.
    let index = end
    for (; index > 0 && (keys[index - 1] as string) > key; index--) keys[index] = keys[index - 1] as string
    keys[index] = key
  }
  return keys
}

function refuse(what: string): never {
  throw new TypeError(`A cache key is made of JSON, which holds no ${what}.`)
}
