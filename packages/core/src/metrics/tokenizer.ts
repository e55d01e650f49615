import { estimateTokens } from './usage.ts'

/** Counts tokens where no provider has; see `countTokens` and `loadTokenizer`. */
export interface TokenCounter {
  load(model: string): Promise<void>
  count(texts: readonly string[], model: string): number
}

type Encoding = 'o200k_base' | 'cl100k_base'

/** What is used of a module of `gpt-tokenizer`. */
interface EncodingModule {
  countTokens(text: string, options: { disallowedSpecial: Set<string> }): number
}

/**
 * More characters than this are not counted but sampled: 16,384 of them take 3 ms of English, and the worst that was found
 * (random signs) 50 ms, in one go.
 */
const maxCountedCharacters = 16_384

/** The tokenizer's time grows with the square of a run without a boundary: 10 s for 100,000 times `a`, 0.3 ms for these. */
const sliceCharacters = 512

/** Text that looks like a special token (`<|endoftext|>`) is text; by itself the tokenizer throws at it. */
const asText = { disallowedSpecial: new Set<string>() }

// A computed specifier, which bundlers leave alone: two megabytes of ranks are nobody's to ship unasked, and a package that is
// not installed fails no build.
const importEncoding = (encoding: Encoding): Promise<EncodingModule> =>
  import(/* webpackIgnore: true */ /* @vite-ignore */ `gpt-tokenizer/encoding/${encoding}`)

/** Creates a counter of its own, for tests: the exported functions share one, as they share the modules. */
export function createTokenCounter(importModule = importEncoding): TokenCounter {
  const loading = new Map<Encoding, Promise<void>>()
  const loaded = new Map<Encoding, EncodingModule>()

  async function load(encoding: Encoding): Promise<void> {
    try {
      loaded.set(encoding, await importModule(encoding))
    } catch {
      // Not installed: the peer is optional, and the rule of thumb stays.
    }
  }

  return {
    async load(model) {
      const encoding = encodingOf(model)
      const started = loading.get(encoding) ?? load(encoding)
      loading.set(encoding, started)
      await started
    },
    count(texts, model) {
      const tokenizer = loaded.get(encodingOf(model))
      if (tokenizer === undefined) return texts.reduce((sum, text) => sum + estimateTokens(text), 0)
      const countSlice = (slice: string): number => tokenizer.countTokens(slice, asText)
      const characters = texts.reduce((sum, text) => sum + text.length, 0)
      if (characters > maxCountedCharacters) return sampled(texts.join('\n'), countSlice)
      return texts.reduce((sum, text) => sum + inSlices(text, countSlice), 0)
    },
  }
}

const shared = createTokenCounter()

/**
 * Loads the tokenizer of a model, once a process, so that `countTokens` counts by it; without `gpt-tokenizer` installed (an
 * optional peer) nothing changes. It takes about half a second of CPU time and 50 MB: the builds load it at the first answer
 * whose provider is silent, and never for a call that fails. Await it at the start of a service to have neither happen in traffic.
 * Never rejects.
 */
export const loadTokenizer: TokenCounter['load'] = (model) => shared.load(model)

/**
 * Estimates the tokens of texts for a model: by its tokenizer where that is loaded (`o200k_base`; `cl100k_base` for gpt-4,
 * gpt-3.5 and OpenAI's embedding models), else by `estimateTokens`. Over 16,384 characters in all it counts as many, in 32
 * places spread evenly, and takes the rest to be alike.
 */
export const countTokens: TokenCounter['count'] = (texts, model) => shared.count(texts, model)

/** As OpenAI's cookbook has it ("How to count tokens with tiktoken", read 2026-11-24); other vendors keep theirs to themselves. */
function encodingOf(model: string): Encoding {
  return /(^|[/:])(gpt-4(-|$)|gpt-3\.?5|text-embedding-)/.test(model) ? 'cl100k_base' : 'o200k_base'
}

/** The sum over slices that end before a word: there a token ends anyhow, so that prose is counted as in one piece. */
function inSlices(text: string, count: (slice: string) => number): number {
  let tokens = 0
  for (let start = 0; start < text.length;) {
    const rest = text.slice(start, start + sliceCharacters)
    const isLast = start + sliceCharacters >= text.length
    const slice = isLast ? rest : (/^.+(?= \p{L})/su.exec(rest)?.[0] ?? withoutHalf(rest))
    tokens += count(slice)
    start += slice.length
  }
  return tokens
}

function sampled(text: string, count: (slice: string) => number): number {
  const places = maxCountedCharacters / sliceCharacters
  let characters = 0
  let tokens = 0
  for (let place = 0; place < places; place++) {
    const start = Math.floor((place * (text.length - sliceCharacters)) / (places - 1))
    const around = text.slice(start, start + sliceCharacters)
    // From a word's start to another's, where there are words: a word cut in two has more tokens than it had.
    const slice = / \p{L}.*(?= \p{L})/su.exec(around)?.[0] ?? around
    characters += slice.length
    tokens += count(slice)
  }
  return Math.ceil((tokens * text.length) / characters)
}

/** Without the first half of a surrogate pair at its end, which would be counted as a character of its own. */
function withoutHalf(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) && text.length > 1 ? text.slice(0, -1) : text
}
