import type { Sign } from './sequence.ts'

// Every pattern is sticky and bounded, and tried only where a mark says that it may begin, so ordinary text costs one look
// at each character and a search is linear.

/** From a bracket on. */
const BRACKETED = [
  // Turn tokens of ChatML, Llama and Mistral chat templates.
  {
    weight: 1,
    pattern:
      /<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id|end_header_id|begin_of_text|endofprompt)\|?>|<<\/?sys>>|\[\/?inst\]/iy,
  },
  {
    weight: 0.8,
    pattern:
      /<\/?system(?:[_ -]?(?:prompt|message|instructions?))?>|\[system(?:[_ ](?:prompt|message|note|override))?\]/iy,
  },
] as const

const HEADING = {
  weight: 0.8,
  pattern: /(?<=^#{2,4} ?)(?:system|instructions?) ?(?:prompt|message)?:/imy,
} as const

/** After marks, and perhaps a space: an end of the input, or a beginning of another. */
const MARKED = [
  {
    weight: 1,
    pattern:
      /(?<=[^\w\s.,;]{2} ?|[[<] ?)(?:end|begin|start|conclude)(?: of)?(?: [\w-]{1,12}){0,3} (?:instructions?|prompt|rules|context|input|session|system|user \w{1,12}|login attempt)\b/iy,
  },
  { weight: 0.6, pattern: /(?<=[^\w\s.,;!?'")]{3} ?)(?:end|begin)\b/iy },
] as const

// Line breaks that were written out, as if the text had gone through a program.
const ESCAPED = { weight: 0.4, pattern: /(?:\\ ?n ?){4,}/y } as const

/** Up to a colon: an order, and who speaks. */
const LABELLED = [
  {
    weight: 0.3,
    pattern:
      /(?<=^ ?|[.!?] ?|\\n ?)(?:new |real )?(?:order|command|instruction|befehl|anweisung|orden|ordre|ordine)s?:/imy,
  },
  {
    weight: 0.5,
    pattern: /(?<=^ ?)(?:system|assistant|developer|admin)(?: message| note| override)?: /imy,
  },
] as const

interface Forgery {
  readonly weight: number
  readonly pattern: RegExp
}

const order: readonly Forgery[] = [...BRACKETED, HEADING, ...MARKED, ESCAPED, ...LABELLED]

/** The longest word before a colon, with the `n` of a line break that was written out. */
const LONGEST_WORD = 16

/** 1 for what is no letter, digit, space or stop. */
const marks = Uint8Array.from({ length: 128 }, (_none, code) =>
  Number(!/[\w\s.,;]/.test(String.fromCharCode(code))),
)

function isLetter(code: number): boolean {
  const lower = code | 32
  return lower >= 97 && lower <= 122
}

/** Where the letters that end before `end` begin; -1 when they are none or too many. */
function wordStart(text: string, end: number): number {
  let start = end
  while (end - start <= LONGEST_WORD && isLetter(text.charCodeAt(start - 1))) start--
  return start === end || end - start > LONGEST_WORD ? -1 : start
}

/** Forged delimiters in `text`: of each kind the first. */
export function forgeriesIn(text: string): Sign[] {
  let found: Map<Forgery, Sign> | undefined
  const tryAt = (forgery: Forgery, start: number): void => {
    const { weight, pattern } = forgery
    if (start < 0 || found?.has(forgery)) return
    pattern.lastIndex = start
    if (!pattern.test(text)) return
    found ??= new Map()
    found.set(forgery, { type: 'delimiter_forgery', weight, start, end: pattern.lastIndex })
  }
  const tryBefore = (colon: number): void => {
    const word = wordStart(text, colon)
    if (word === -1) return
    const [label, speaker] = LABELLED
    // With `new ` or `real ` in front, or behind the `n` of a line break that was written out.
    for (const offset of [-5, -4, 0, 1]) tryAt(label, word + offset)
    if (text.charCodeAt(colon + 1) !== 32) return
    if (text.charCodeAt(word - 1) === 32) tryAt(speaker, wordStart(text, word - 1))
    tryAt(speaker, word)
  }
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 128 && marks[code] === 0) continue
    if (code === 58) tryBefore(index)
    else if (code === 60 || code === 91) for (const forgery of BRACKETED) tryAt(forgery, index)
    else if (code === 92) tryAt(ESCAPED, index)
    const after = text.charCodeAt(index + 1) === 32 ? index + 2 : index + 1
    const letter = text.charCodeAt(after) | 32
    // Of `begin`, `conclude`, `end` and `start`; of `instructions` and `system`.
    if (letter === 98 || letter === 99 || letter === 101 || letter === 115)
      for (const forgery of MARKED) tryAt(forgery, after)
    if (code === 35 && (letter === 105 || letter === 115)) tryAt(HEADING, after)
  }
  const signs = found
  return signs ? order.flatMap((forgery) => signs.get(forgery) ?? []) : []
}
