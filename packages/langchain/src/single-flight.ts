import { SlowConsumerError, type ChatChunk } from '@plumbline/core'

import { untilAborted, type Deadline } from './deadline.ts'

/** What a flight does: yields the chunks of a streamed answer (none for a whole one), returns what it ends with. */
export type FlightWork<Result, Report> = (
  flight: Flight<Result, Report>,
) => AsyncGenerator<ChatChunk, Result, undefined>

export interface FlightOptions<Report> {
  /** What the work tells the members about itself. */
  report: Report
  /**
   * Called when nobody can join any more: at the end of the flight, or when what has passed is no longer all there. Left out where
   * the flight is its only member's alone, and nothing of it is stored.
   */
  onShut?: () => void
  /** How much is kept of what has passed, in bytes of JSON; what is older is forgotten. Default: all of it. */
  maxKeptBytes?: number
  /** Results that are shared without being handed out need no copy. Default false. */
  sharesResult?: boolean
}

/**
 * One provider call and everyone who waits for it. It belongs to no caller: each member, the first one included, only waits,
 * so that one who leaves takes nothing from the others. LangChain shares no calls in flight (CAC-12).
 */
export class Flight<Result, Report> {
  readonly report: Report
  readonly #onShut: (() => void) | undefined
  readonly #maxKeptBytes: number
  readonly #sharesResult: boolean
  readonly #controller = new AbortController()
  readonly #steps: AsyncGenerator<ChatChunk, Result, undefined>
  readonly #members: FlightMember<Result, Report>[] = []
  /** What has passed, from chunk number `#forgotten` on: as JSON where others may read it, too. */
  readonly #kept: (ChatChunk | string)[] = []
  #keptBytes = 0
  #forgotten = 0
  #isJoined = false
  #step: Promise<void> | undefined
  #end: { result: Result } | { error: unknown } | undefined

  constructor(work: FlightWork<Result, Report>, options: FlightOptions<Report>) {
    this.report = options.report
    this.#onShut = options.onShut
    this.#maxKeptBytes = options.maxKeptBytes ?? Infinity
    this.#sharesResult = options.sharesResult ?? false
    this.#steps = work(this)
  }

  /** Aborted when the last member has left. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Time left for the member who waits longest, in ms. */
  remainingMs(): number {
    return Math.max(...this.#members.map(({ deadline }) => deadline.remainingMs()))
  }

  /** Waits from now on, until `deadline`. */
  join(deadline: Deadline): FlightMember<Result, Report> {
    const member: FlightMember<Result, Report> = {
      deadline,
      report: this.report,
      joined: this.#members.length > 0,
      pays: () => this.#members[0] === member,
      chunks: () => this.#read(member),
      result: () => this.#finish(member),
      hasEnded: () => this.#end !== undefined,
      leave: () => this.#leave(member),
    }
    this.#isJoined ||= member.joined
    this.#members.push(member)
    return member
  }

  async *#read(member: FlightMember<Result, Report>): AsyncGenerator<ChatChunk, void, undefined> {
    for (let index = 0; ;) {
      member.deadline.signal.throwIfAborted()
      if (index < this.#forgotten) throw tooSlow()
      const next = this.#kept[index - this.#forgotten]
      if (next !== undefined) {
        index++
        // Kept for those who join later; without any, a long stream takes no memory.
        if (this.#onShut === undefined) this.#forgotten += this.#kept.splice(0).length
        // Nobody is handed an object that another one, or the store, will read (CAC-11).
        yield typeof next === 'string' ? (JSON.parse(next) as ChatChunk) : next
      } else if (this.#end === undefined) {
        await untilAborted(this.#advance(), member.deadline.signal)
      } else {
        if ('error' in this.#end) throw this.#end.error
        return
      }
    }
  }

  async #finish(member: FlightMember<Result, Report>): Promise<Result> {
    const { signal } = member.deadline
    while (this.#end === undefined) {
      signal.throwIfAborted()
      await untilAborted(this.#advance(), signal)
    }
    if ('error' in this.#end) throw this.#end.error
    const { result } = this.#end
    return this.#isJoined && !this.#sharesResult ? structuredClone(result) : result
  }

  /** Takes one step, for whoever needs it first: the provider is read as fast as the fastest member reads. Never rejects. */
  #advance(): Promise<void> {
    this.#step ??= this.#steps.next().then(
      ({ done, value }) => {
        this.#step = undefined
        if (done) this.#close({ result: value })
        else this.#keep(value)
      },
      (error: unknown) => this.#close({ error }),
    )
    return this.#step
  }

  #close(end: { result: Result } | { error: unknown }): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#onShut?.()
  }

  /** Keeps a chunk, and forgets the oldest where they are too many: the member who reads fastest has had them. */
  #keep(chunk: ChatChunk): void {
    if (this.#onShut === undefined) {
      this.#kept.push(chunk)
      return
    }
    const text = JSON.stringify(chunk)
    this.#kept.push(text)
    this.#keptBytes += Buffer.byteLength(text)
    while (this.#keptBytes > this.#maxKeptBytes && this.#kept.length > 1) {
      this.#keptBytes -= Buffer.byteLength(this.#kept.shift() as string) // As all of them.
      this.#forgotten++
    }
    if (this.#forgotten > 0) this.#onShut()
  }

  #leave(member: FlightMember<Result, Report>): void {
    if (this.#end !== undefined) return
    const index = this.#members.indexOf(member)
    if (index < 0) return
    if (this.#members.length > 1) {
      this.#members.splice(index, 1)
      return
    }
    // The last one stays in the list: it pays for what was received.
    this.#controller.abort(new DOMException('Nobody waits for this answer any more.', 'AbortError'))
    this.#close({ error: this.signal.reason })
    // Closes what the work holds open, after the step that it is in; how that ends is of no interest to anyone.
    this.#steps.return(undefined as never).catch(() => {})
  }
}

function tooSlow(): SlowConsumerError {
  return new SlowConsumerError(
    'This caller reads a stream that it shares with others so slowly that its next part is no longer kept. Ask again, or raise ' +
      'responseCache.maxEntryBytes.',
  )
}

/** One caller's place in a flight. */
export interface FlightMember<Result, Report> {
  readonly deadline: Deadline
  readonly report: Report
  /** Whether another one had started the flight. */
  readonly joined: boolean
  /** Whether this is the oldest member, whose record bears the cost. Final once the flight has ended or the last one left. */
  pays(): boolean
  /**
   * The chunks that have passed, then those to come. Ends and fails with the flight, or at the member's own deadline; fails with
   * `SlowConsumerError` when what comes next for this member is no longer kept.
   */
  chunks(): AsyncGenerator<ChatChunk, void, undefined>
  /** What the flight ends with; reads it to its end. */
  result(): Promise<Result>
  /** Whether the flight has ended, well or not. One who is still in it then was answered, or failed, with the others. */
  hasEnded(): boolean
  /** Stops waiting: the flight goes on for the others, and is aborted with the last one. Harmless after its end. */
  leave(): void
}
