import { normal, seededRandom } from '../method/seeded-random.ts'

// Of the kind that a shop's assistant answers with; what they mean does not matter, that they differ does.
const words =
  'the order parcel arrives within three working days and can be followed with link in your account please send it back label refund follows when we have looked at device charge for two hours then try again if nothing helps open repair free warranty colleague will write to you soon about that'.split(
    ' ',
  )

/** A deterministic answer to the request with this digest: 15 to 120 words, most near 45, no two alike but by its own first word. */
export function answerText(digest: Buffer, maxWords = 120): string {
  const random = seededRandom(digest.readUInt32LE(4))
  const wanted = Math.round(45 * Math.exp(0.5 * normal(random)))
  const count = Math.min(maxWords, Math.max(15, Math.min(120, wanted)))
  // Half of the digest stands first: an answer that belongs to another request is seen at once.
  const name = digest.toString('hex').slice(0, 16)
  const picked = Array.from({ length: count - 1 }, () => words[Math.floor(random() * words.length)])
  return [name, ...picked].join(' ')
}
