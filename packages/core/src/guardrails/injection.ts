import { EXFILTRATION_SIGNALS } from './injection/exfiltration.ts'
import { floodIn } from './injection/flood.ts'
import { forgeriesIn } from './injection/forgery.ts'
import { OUTPUT_FORCING_SIGNALS } from './injection/output-forcing.ts'
import { OVERRIDE_SIGNALS } from './injection/override.ts'
import { hiddenIn } from './injection/payload.ts'
import { PERSONA_SIGNALS } from './injection/persona.ts'
import { readSignals, signsIn, type Sign, type SignalTable } from './injection/sequence.ts'
import type { Finding, GuardrailRule, TextPlace } from './rule.ts'

export interface InjectionOptions {
  /** The sum of signal weights from which a text is an attack, over 0. Default 1. */
  threshold?: number
}

const REACH = 512
/** No sign of an attack by itself: it says where to look for one. */
const CIPHER = 'cipher'
let table: SignalTable | undefined

function signalTable(): SignalTable {
  return (table ??= readSignals([
    ...OVERRIDE_SIGNALS,
    ...EXFILTRATION_SIGNALS,
    ...PERSONA_SIGNALS,
    ...OUTPUT_FORCING_SIGNALS,
    { type: CIPHER, weight: 0, words: 'cipher' },
  ]))
}

function find(text: string, threshold: number): Finding[] {
  const signs = allSigns(text, threshold)
  let sum = 0
  for (const { weight } of signs) sum += weight
  // Sums such as 0.6 + 0.4 miss 1 by a rounding error.
  if (sum < threshold - 1e-9) return []
  const score = Math.min(1, sum)
  return joinSigns(signs).map(({ type, start, end }) => ({
    type,
    start,
    // A longer one would be none.
    end: Math.min(end, start + REACH),
    score,
  }))
}

/** A sign that is not enough by itself is enough where somebody took the trouble to encode it. */
const ENCODED_SIGN = 0.5

function allSigns(text: string, threshold: number): Sign[] {
  const found = signsIn(signalTable(), text)
  let signs = found.filter(({ type }) => type !== CIPHER).concat(forgeriesIn(text))
  const flood = floodIn(text)
  if (flood) signs.push(flood)
  // What is an attack as it stands need not be deciphered.
  if (weightOf(signs) >= Math.max(1, threshold)) return signs
  const payloads: Sign[] = []
  for (const hidden of hiddenIn(
    text,
    found.some(({ type }) => type === CIPHER),
  )) {
    const inside = [...signsIn(signalTable(), hidden.text), ...forgeriesIn(hidden.text)]
    const weight = weightOf(inside)
    const { start, end } = hidden
    if (!hidden.encoded && weight > weightOf(signs)) signs = [{ type: 'encoded_payload', weight, start, end }]
    if (hidden.encoded && weight >= ENCODED_SIGN) {
      payloads.push({ type: 'encoded_payload', weight: 1, start, end })
    }
  }
  return signs.concat(payloads)
}

function weightOf(signs: readonly Sign[]): number {
  return signs.reduce((sum, { weight }) => sum + weight, 0)
}

/** Signs of one type that overlap are one finding. */
function joinSigns(signs: Sign[]): Sign[] {
  const joined: Sign[] = []
  for (const sign of signs.sort((one, other) => one.start - other.start)) {
    const same = joined.findLast(({ type }) => type === sign.type)
    if (same && sign.start < same.end) same.end = Math.max(same.end, sign.end)
    else joined.push({ ...sign })
  }
  return joined
}

/** True for text that does not come from the application itself, which may well write "ignore the above". */
function isForeign(place: TextPlace): boolean {
  return place.role !== 'system' && place.role !== 'developer' && place.part !== 'embedding'
}

/**
 * Rule `injection.prompt`: attempts to override instructions, to draw out the system prompt or a secret, to talk the
 * model into a role without rules, and to forge turn delimiters. Weighted signals are added up and count from the
 * threshold on; every finding then names its signal and carries the sum, at most 1, as its score.
 * System and developer messages are the application's own words and are not scanned.
 * Throws a `RangeError` when the threshold is not over 0.
 */
export function injectionRule(options: InjectionOptions = {}): GuardrailRule {
  const { threshold = 1 } = options
  if (!(threshold > 0)) throw new RangeError(`injectionRule: threshold must be over 0, got ${threshold}`)
  return {
    id: 'injection.prompt',
    family: 'injection',
    directions: ['input'],
    reach: REACH,
    context: 0,
    version: `4:${threshold}`,
    find: (text, place, from = 0) =>
      isForeign(place) ? find(text, threshold).filter((finding) => finding.start >= from) : [],
  }
}
