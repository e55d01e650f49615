import type { Sign } from './sequence.ts'

/**
 * Text that is written as if it came from the application. Each pattern starts with a letter or a mark that it looks
 * back from, so that the engine passes over ordinary text quickly; every gap is bounded, so a search is linear.
 */
const PATTERNS: readonly { weight: number; needs: RegExp; pattern: RegExp }[] = [
  // Turn tokens of ChatML, Llama and Mistral chat templates.
  {
    weight: 1,
    needs: /[<[]/,
    pattern:
      /<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id|end_header_id|begin_of_text|endofprompt)\|?>|<<\/?sys>>|\[\/?inst\]/i,
  },
  {
    weight: 0.8,
    needs: /[<[]/,
    pattern:
      /<\/?system(?:[_ -]?(?:prompt|message|instructions?))?>|\[system(?:[_ ](?:prompt|message|note|override))?\]/i,
  },
  {
    weight: 0.8,
    needs: /##/,
    pattern: /(?<=^#{2,4} ?)(?:system|instructions?) ?(?:prompt|message)?:/im,
  },
  // An end of the input, or a beginning of another, between marks.
  {
    weight: 1,
    needs: /[^\w\s.,;]{2}|[[<]/,
    pattern:
      /(?<=[^\w\s.,;]{2} ?|[[<] ?)(?:end|begin|start|conclude)(?: of)?(?: [\w-]{1,12}){0,3} (?:instructions?|prompt|rules|context|input|session|system|user \w{1,12}|login attempt)\b/i,
  },
  {
    weight: 0.6,
    needs: /[^\w\s.,;!?'")]{3}/,
    pattern: /(?<=[^\w\s.,;!?'")]{3} ?)(?:end|begin)\b/i,
  },
  // Line breaks that were written out, as if the text had gone through a program.
  { weight: 0.4, needs: /\\/, pattern: /(?:\\ ?n ?){4,}/ },
  {
    weight: 0.3,
    needs: /:/,
    pattern:
      /(?<=^ ?|[.!?] ?|\\n ?)(?:new |real )?(?:order|command|instruction|befehl|anweisung|orden|ordre|ordine)s?:/im,
  },
  {
    weight: 0.5,
    needs: /:/,
    pattern: /(?<=^ ?)(?:system|assistant|developer|admin)(?: message| note| override)?: /im,
  },
]

/** Forged delimiters in `text`. */
export function forgeriesIn(text: string): Sign[] {
  const signs: Sign[] = []
  for (const { weight, needs, pattern } of PATTERNS) {
    // Most texts hold none of the marks, and to look for a mark takes no time.
    const match = needs.test(text) ? pattern.exec(text) : null
    if (match) {
      signs.push({
        type: 'delimiter_forgery',
        weight,
        start: match.index,
        end: match.index + match[0].length,
      })
    }
  }
  return signs
}
