/** What a shared store holds, by keys, sizes and times alone: no entry is read. */
export interface StoreStats {
  /** Expired ones that the store has not removed yet included; epochs and leases not. */
  entries: number
  /** What the store takes: the used bytes of the file, or the memory of the whole server, others' included. */
  bytes: number
  /** By what they are: answers, vectors, answers of LangChain's `ResponseCache`, and what else has such a key. */
  kinds: Record<EntryKind, EntryCount>
  /** Entries by when they were last written or read; undefined where the store does not say. */
  lastUsed: Record<UseAge, number> | undefined
}

export interface EntryCount {
  entries: number
  /** Of the values in SQLite, of key, value and overhead in Redis. */
  bytes: number
}

export type EntryKind = 'answers' | 'vectors' | 'langchainAnswers' | 'others'
export type UseAge = 'withinHour' | 'withinDay' | 'before'

const kindOfLetter: Readonly<Record<string, EntryKind>> = {
  r: 'answers',
  v: 'vectors',
  l: 'langchainAnswers',
}

/** What kind of entry a key, or its beginning, is of. */
export function entryKind(key: string): EntryKind {
  const letter = /^plumbline:\d+:([a-z]):/.exec(key)?.[1] ?? ''
  return kindOfLetter[letter] ?? 'others'
}

/** All kinds, without an entry. */
export function noEntries(): Record<EntryKind, EntryCount> {
  const none = (): EntryCount => ({ entries: 0, bytes: 0 })
  return { answers: none(), vectors: none(), langchainAnswers: none(), others: none() }
}

/** When an entry was last used, by how long ago that is, in ms. */
export function useAge(idleMs: number): UseAge {
  if (idleMs < 3_600_000) return 'withinHour'
  return idleMs < 86_400_000 ? 'withinDay' : 'before'
}
