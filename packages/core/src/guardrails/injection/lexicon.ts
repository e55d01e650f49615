import { ANSWERS } from './lexicon/answers.ts'
import { OPENINGS } from './lexicon/openings.ts'
import { ORDERS } from './lexicon/orders.ts'
import { PERSONAS } from './lexicon/personas.ts'
import { QUESTIONS } from './lexicon/questions.ts'

/**
 * What attacks are made of: words and phrases by what they stand for, in the languages that attacks come in. `*` ends a
 * stem. Case and accents do not matter. A word may stand for several things. Written from what the public attack sets
 * and OWASP's page on prompt injection (https://genai.owasp.org/llmrisk/llm01-prompt-injection/) have in common; entries
 * of other languages are translations of those that the English and German rows support.
 */
const CONCEPTS = { ...ORDERS, ...QUESTIONS, ...ANSWERS, ...PERSONAS, ...OPENINGS } as const satisfies Record<
  string,
  string
>

export type Concept = keyof typeof CONCEPTS

// The keys of an object literal are those of its type.
export const concepts = Object.keys(CONCEPTS) as Concept[]

/** Words and phrases of a concept. */
export function entriesOf(concept: Concept): string[] {
  return CONCEPTS[concept].split(',').map((entry) => entry.trim())
}
