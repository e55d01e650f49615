import type { ChatMessage, ChatRequest } from '../contract/wire.ts'
import type { Finding, GuardrailRule } from './rule.ts'

export interface SystemPromptOptions {
  /** The shortest run that counts, in UTF-16 code units: over what an answer may share with its prompt by chance. Default 100. */
  minRunChars?: number
}

/** Length of the pieces of the prompt that are looked up in an answer. */
const GRAM = 32
/** So many places of one piece are tried: a prompt that repeats itself has no use for more. */
const MAX_PLACES = 8

/**
 * Rule `canary.system_prompt`: a verbatim run of at least `minRunChars` out of the request's system and developer messages, as
 * the model was sent them. Letter by letter: a translated or reworded prompt passes. Throws a `RangeError` when `minRunChars` is
 * no integer from 40 on.
 */
export function systemPromptRule({ minRunChars = 100 }: SystemPromptOptions = {}): GuardrailRule {
  if (!Number.isSafeInteger(minRunChars) || minRunChars < 40)
    throw new RangeError(`systemPromptRule: minRunChars must be an integer from 40 on, got ${minRunChars}`)
  const rule: GuardrailRule = {
    id: 'canary.system_prompt',
    family: 'canary',
    directions: ['output'],
    reach: minRunChars,
    context: 0,
    version: `1:${minRunChars}`,
    // Nothing is known of a request: see `forRequest`.
    find: () => [],
    holdFrom: (text) => text.length,
  }
  // One application, one system prompt: it is cut into pieces once.
  let last: { prompt: string; rule: GuardrailRule } | undefined
  return {
    ...rule,
    forRequest(request) {
      const prompt = systemPrompt(request)
      if (prompt.length < minRunChars) return rule
      if (last?.prompt !== prompt) last = { prompt, rule: { ...rule, ...createSearch(prompt, minRunChars) } }
      return last.rule
    },
  }
}

function systemPrompt({ messages }: ChatRequest): string {
  return messages
    .filter(({ role }) => role === 'system' || role === 'developer')
    .map(textOf)
    .join('\u0000')
}

function textOf({ content }: ChatMessage): string {
  return typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join('\u0000')
}

/** Finds each place of a text from which `minRun` units are a piece of the prompt. */
function createSearch(prompt: string, minRun: number): Pick<GuardrailRule, 'find' | 'holdFrom'> {
  // A run of `minRun` units holds at least one whole piece of those that begin every `stride` units.
  const stride = minRun - GRAM + 1
  let pieces: Map<string, number[]> | undefined
  /** The places that are looked up. */
  const kept = new Set<number>()

  function cutPrompt(): Map<string, number[]> {
    const cut = new Map<string, number[]>()
    for (let start = 0; start + GRAM <= prompt.length; start += stride) {
      const piece = prompt.slice(start, start + GRAM)
      const places = cut.get(piece) ?? []
      if (places.length >= MAX_PLACES) continue
      cut.set(piece, [...places, start])
      kept.add(start)
    }
    return cut
  }

  return {
    find(text, _place, from = 0) {
      if (text.length - from < minRun) return []
      pieces ??= cutPrompt()
      const isStart = new Uint8Array(text.length)
      /** Every unit between it and `at` is known to start a run. */
      let open = from - 1
      for (let at = from; at + GRAM <= text.length; at++) {
        if (!isStart[at]) open = at
        const first = Math.max(from, at - stride + 1)
        // What repeats itself is not compared over and over.
        if (open < first) continue
        for (const place of pieces.get(text.slice(at, at + GRAM)) ?? []) {
          let start = at
          while (start > first && same(start - 1, place - (at - start) - 1)) start--
          let end = at + GRAM
          // Those after `at` are found by the next piece of this run: it would say the same of a text that begins there.
          const last = kept.has(place + stride) ? at + stride : at
          while (end < Math.min(text.length, last + minRun) && same(end, place + (end - at))) end++
          if (end - start >= minRun) isStart.fill(1, start, end - minRun + 1)
        }
        while (open >= first && isStart[open]) open--
      }
      function same(index: number, inPrompt: number): boolean {
        return inPrompt >= 0 && text.charCodeAt(index) === prompt.charCodeAt(inPrompt)
      }
      const findings: Finding[] = []
      for (let start = isStart.indexOf(1); start !== -1; start = isStart.indexOf(1, start + 1))
        findings.push({ type: 'system_prompt', start, end: start + minRun })
      return findings
    },
    holdFrom(text, from = 0) {
      // Each end of an end that stands in the prompt stands there too: the longest is found by halving.
      let known = 0
      let over = Math.min(minRun, text.length - from + 1)
      while (over - known > 1) {
        const length = (known + over) >> 1
        if (prompt.includes(text.slice(text.length - length))) known = length
        else over = length
      }
      return text.length - known
    },
  }
}
