import type { Sign } from './sequence.ts'

/**
 * Text that is written as if it came from the application. Each pattern starts with a letter or a mark that it looks
 * back from, so that the engine passes over ordinary text quickly; every gap is bounded, so a search is linear.
 */
const PATTERNS: readonly { weight: number; pattern: RegExp }[] = [
  // Turn tokens of ChatML, Llama and Mistral chat templates.
  {
    weight: 1,
    pattern:
      /<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id|end_header_id|begin_of_text|endofprompt)\|?>|<<\/?sys>>|\[\/?inst\]/i,
  },
  {
    weight: 0.8,
    pattern:
      /<\/?system(?:[_ -]?(?:prompt|message|instructions?))?>|\[system(?:[_ ](?:prompt|message|note|override))?\]/i,
  },
  { weight: 0.8, pattern: /(?<=^#{2,4} ?)(?:system|instructions?) ?(?:prompt|message)?:/im },
  // An end of the input, or a beginning of another, between marks.
  {
    weight: 1,
    pattern:
      /(?<=[^\w\s.,;]{2} ?|[[<] ?)(?:end|begin|start|conclude)(?: of)?(?: [\w-]{1,12}){0,3} (?:instructions?|prompt|rules|context|input|session|system|user \w{1,12}|login attempt)\b/i,
  },
  { weight: 0.6, pattern: /(?<=[^\w\s.,;!?'")]{3} ?)(?:end|begin)\b/i },
  { weight: 0.5, pattern: /(?<=^ ?)(?:system|assistant|developer|admin)(?: message| note| override)?: /im },
]

const MARK = /[<[#%=*~|@]|:/

/** Forged delimiters in `text`. */
export function forgeriesIn(text: string): Sign[] {
  if (!MARK.test(text)) return []
  const signs: Sign[] = []
  for (const { weight, pattern } of PATTERNS) {
    const match = pattern.exec(text)
    if (match)
      signs.push({
        type: 'delimiter_forgery',
        weight,
        start: match.index,
        end: match.index + match[0].length,
      })
  }
  return signs
}
