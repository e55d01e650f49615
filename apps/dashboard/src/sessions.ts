import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** How long who has signed in stays so, in ms. */
export const sessionMs = 12 * 3_600_000

/** Failed attempts that may be made in a minute, by all together. */
const failuresPerMinute = 30

/** Who may look: knows the key's hash, and who has shown the key. */
export interface Sessions {
  /** Whether this is the key. After too many that were not, `undefined` for the rest of the minute. */
  isKey(key: string): boolean | undefined
  /** A new session's token. */
  open(): string
  isOpen(token: string | undefined): boolean
  close(token: string | undefined): void
}

/** Kept in this process: a restart signs everybody out. `keySha256` is hex; the key itself is kept nowhere. */
export function createSessions(keySha256: string, nowMs: () => number = () => performance.now()): Sessions {
  const expected = Buffer.from(keySha256, 'hex')
  /** By the hash of their token, when they end. */
  const ends = new Map<string, number>()
  let failures = { minute: 0, count: 0 }
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()

  return {
    isKey(key) {
      const minute = Math.floor(nowMs() / 60_000)
      if (failures.minute !== minute) failures = { minute, count: 0 }
      if (failures.count >= failuresPerMinute) return undefined
      const isKey = timingSafeEqual(hash(key), expected)
      if (!isKey) failures.count++
      return isKey
    },
    open() {
      for (const [token, end] of ends) if (end <= nowMs()) ends.delete(token)
      const token = randomBytes(32).toString('base64url')
      ends.set(hash(token).toString('hex'), nowMs() + sessionMs)
      return token
    },
    isOpen(token) {
      return token !== undefined && (ends.get(hash(token).toString('hex')) ?? 0) > nowMs()
    },
    close(token) {
      if (token !== undefined) ends.delete(hash(token).toString('hex'))
    },
  }
}
