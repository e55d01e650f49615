import { createHash } from 'node:crypto'

import { seededRandom } from '../method/seeded-random.ts'
import { countFacts, replayModels, type Trace, type TraceRequest } from './trace.ts'
import { products, prompts, topics, type Topic } from './workload-phrases.ts'

/** The built-in workload: what the support assistants of a few web shops are asked. Everything follows from these numbers. */
export interface WorkloadOptions {
  requests: number
  seed: number
  /** Exponent of the popularity of questions: 0 makes all equally popular, 1 is Zipf's law. Default 1. */
  popularityExponent?: number
  /** Share of questions asked in other words or with a slip, which an exact cache cannot know. Default 0.3. */
  variantShare?: number
  /** Requests per second, on average (a Poisson process). Default 4. */
  ratePerSecond?: number
}

/** Shops on one platform, and their shares of the traffic. They share no cache. */
const tenants = [
  ['north', 0.4],
  ['east', 0.3],
  ['south', 0.2],
  ['west', 0.1],
] as const

/**
 * Of all calls. Answers look up a passage and are asked at temperature 0, so are classifications, without a passage; drafts
 * are asked at 0.7, which the default policy does not cache.
 */
const endpoints = [
  ['answer', 0.7],
  ['classify', 0.15],
  ['draft', 0.15],
] as const

/** The workload's requests, the same for the same options. */
export function createWorkload(options: WorkloadOptions): Trace {
  const { requests: count, seed, popularityExponent = 1, variantShare = 0.3, ratePerSecond = 4 } = options
  const random = seededRandom(seed)
  const meanings = topics.flatMap((topic) => products.map((product) => ({ topic, product })))
  shuffle(meanings, random)
  const pickMeaning = zipf(meanings, popularityExponent, random)

  let atMs = 0
  const requests: TraceRequest[] = Array.from({ length: count }, () => {
    atMs += (-Math.log(1 - random()) / ratePerSecond) * 1000
    const { topic, product } = pickMeaning()
    const question = ask(topic, product, variantShare, random)
    return { atMs, tenant: pick(tenants, random), ...requestFor(pick(endpoints, random), question, topic) }
  })

  const parameters = { count, seed, popularityExponent, variantShare, ratePerSecond }
  return {
    requests,
    facts: {
      name: 'built-in workload',
      what: `questions to web shops, synthetic, popularity exponent ${popularityExponent}, ${ratePerSecond} a second`,
      sha256: createHash('sha256')
        .update(JSON.stringify([parameters, requests]))
        .digest('hex'),
      temperature: 'of the workload',
      ...countFacts(requests),
    },
  }
}

function requestFor(
  endpoint: (typeof endpoints)[number][0],
  question: string,
  topic: Topic,
): Pick<TraceRequest, 'endpoint' | 'chat' | 'embeds'> {
  const content = endpoint === 'answer' ? `Passage: ${topic.passage}\n\nQuestion: ${question}` : question
  return {
    endpoint,
    ...(endpoint === 'answer' && { embeds: question }),
    chat: {
      model: replayModels.chat,
      temperature: endpoint === 'draft' ? 0.7 : 0,
      ...(endpoint === 'classify' && { max_tokens: 5 }),
      messages: [
        { role: 'system', content: prompts[endpoint] },
        { role: 'user', content },
      ],
    },
  }
}

/** The question as somebody types it: the usual words, other words, or a slip. */
function ask(topic: Topic, product: string, variantShare: number, random: () => number): string {
  const [usual, ...others] = topic.questions
  const isVariant = random() < variantShare
  const words = isVariant && random() < 0.6 ? (others[Math.floor(random() * others.length)] ?? usual) : usual
  const question = words.replace('%', product)
  return isVariant && words === usual ? withSlip(question, random) : question
}

/** One letter twice, no capital, no question mark, a greeting, or two letters exchanged. */
function withSlip(question: string, random: () => number): string {
  const at = 1 + Math.floor(random() * (question.length - 3))
  const slips = [
    question.slice(0, at) + question.charAt(at) + question.slice(at),
    question.toLowerCase(),
    question.replace(/[?.]$/, ''),
    `Hi, ${question}`,
    question.slice(0, at) + question.charAt(at + 1) + question.charAt(at) + question.slice(at + 2),
  ]
  return slips[Math.floor(random() * slips.length)] ?? question
}

function pick<T>(shares: readonly (readonly [T, number])[], random: () => number): T {
  let left = random()
  for (const [value, share] of shares) if ((left -= share) < 0) return value
  throw new RangeError('The shares add up to less than 1.')
}

/** Draws the item of rank `r` with a weight of `1 / r ** exponent`. */
function zipf<T>(items: readonly T[], exponent: number, random: () => number): () => T {
  let total = 0
  const sums = items.map((_, index) => (total += (index + 1) ** -exponent))
  return () => {
    const wanted = random() * total
    let [low, high] = [0, sums.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) > wanted) high = middle
      else low = middle + 1
    }
    const item = items[low]
    if (item === undefined) throw new RangeError('There is nothing to draw from.')
    return item
  }
}

function shuffle<T>(items: T[], random: () => number): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    // Both are inside the list.
    ;[items[last], items[other]] = [items[other] as T, items[last] as T]
  }
}
