import { SlowConsumerError, type ChatChunk } from '@plumbline/core'

import type { Deadline } from './deadline.ts'

/** What those who wait mean to the one who leads. */
export interface Waiting {
  /** Aborted when nobody waits any more. */
  signal: AbortSignal
  /** Time left for the one who waits longest, in ms. */
  remainingMs: () => number
}

/** What a flight runs: yields the chunks of a streamed answer (none for a whole one) and returns what it ends with. */
export type Lead<T> = (waiting: Waiting) => AsyncGenerator<ChatChunk, T, undefined>

/** One caller's part in a flight. */
export interface Member<T, Facts> {
  /** What is known of the flight so far: the same object for all its members. */
  readonly facts: Facts
  /** Until when this caller waits. */
  readonly deadline: Deadline
  /** Whether another caller had started the flight already. */
  readonly joined: boolean
  /**
   * The chunks that have passed, then those to come. Ends when the flight ends; rejects when it fails, and with `SlowConsumerError`
   * for a reader who has fallen behind further than the log is kept.
   */
  chunks(): AsyncGenerator<ChatChunk, void, undefined>
  /** Reads the flight to its end. Where others have shared it the value is a copy, so that no caller can change another's. */
  result(): Promise<T>
  /** Whether this is the oldest caller still in the flight: the one who pays for it. Stays as it was when the flight ended. */
  paysForIt(): boolean
  /** Whether the flight has ended, well or not. One who is still in it then was answered, or failed, with the others. */
  hasEnded(): boolean
  /** Steps out. The flight goes on for the others; with the last one it is aborted. Harmless after its end. */
  leave(): void
}

/** Identical calls in flight share one provider call. A flight belongs to no caller: each one only waits on it. */
export interface Flights<T, Facts> {
  /** Joins the flight of `key`, or starts it with `lead` and `facts`. Without a key the flight is the caller's alone. */
  join(key: string | undefined, facts: Facts, deadline: Deadline, lead: Lead<T>): Member<T, Facts>
  /** Whether there is a flight of `key` to join. */
  has(key: string | undefined): boolean
}

/** `maxLogBytes`: how much of a shared stream is kept, in bytes of JSON; what is older is forgotten. Default: all of it. */
export function createFlights<T, Facts>({ maxLogBytes = Infinity } = {}): Flights<T, Facts> {
  const flights = new Map<string, Flight<T, Facts>>()
  return {
    join(key, facts, deadline, lead) {
      if (key === undefined)
        return new Flight(lead, facts, { shared: false, maxLogBytes, onShut() {} }).join(deadline)
      let flight = flights.get(key)
      if (flight === undefined) {
        // Its key may belong to another one by then.
        const onShut = () => flights.get(key) === started && flights.delete(key)
        const started = new Flight(lead, facts, { shared: true, maxLogBytes, onShut })
        flight = started
        flights.set(key, flight)
      }
      return flight.join(deadline)
    },
    has: (key) => key !== undefined && flights.has(key),
  }
}

interface FlightOptions {
  /** Whether others can join: what has passed is kept for them, and nobody is handed an object that another one has. */
  shared: boolean
  /** See `createFlights`. */
  maxLogBytes: number
  /** Called when nobody can join any more: it has ended, or its log has lost the beginning. */
  onShut: () => void
}

type Ending<T> = { value: T } | { error: unknown }

class Flight<T, Facts> {
  readonly #facts: Facts
  readonly #controller = new AbortController()
  readonly #source: AsyncGenerator<ChatChunk, T, undefined>
  readonly #options: FlightOptions
  /** Chunks from number `#dropped` on: as JSON where others may read them, too, so that each has objects of its own. */
  readonly #log: (ChatChunk | string)[] = []
  #logBytes = 0
  #dropped = 0
  #reading: Promise<void> | undefined
  #ending: Ending<T> | undefined
  /** In the order they came. */
  readonly #members: Member<T, Facts>[] = []
  #everJoined = 0

  constructor(lead: Lead<T>, facts: Facts, options: FlightOptions) {
    this.#facts = facts
    this.#source = lead({
      signal: this.#controller.signal,
      remainingMs: () => Math.max(...this.#members.map(({ deadline }) => deadline.remainingMs())),
    })
    this.#options = options
  }

  join(deadline: Deadline): Member<T, Facts> {
    const member: Member<T, Facts> = {
      facts: this.#facts,
      deadline,
      joined: this.#everJoined++ > 0,
      chunks: () => this.#chunks(deadline),
      result: () => this.#result(deadline),
      paysForIt: () => this.#members[0] === member,
      hasEnded: () => this.#ending !== undefined,
      leave: () => this.#leave(member),
    }
    this.#members.push(member)
    return member
  }

  async *#chunks(deadline: Deadline): AsyncGenerator<ChatChunk, void, undefined> {
    for (let number = 0; ;) {
      deadline.signal.throwIfAborted()
      if (number < this.#dropped) throw tooSlow()
      const logged = this.#log[number - this.#dropped]
      if (logged !== undefined) {
        number++
        if (!this.#options.shared) this.#dropped += this.#log.splice(0).length
        yield typeof logged === 'string' ? (JSON.parse(logged) as ChatChunk) : logged
      } else if (this.#ending !== undefined) {
        if ('error' in this.#ending) throw this.#ending.error
        return
      } else {
        await deadline.race(this.#read())
      }
    }
  }

  async #result(deadline: Deadline): Promise<T> {
    while (this.#ending === undefined) await deadline.race(this.#read())
    if ('error' in this.#ending) throw this.#ending.error
    // Nobody joins a flight that has ended: the only one who was in it shares its answer with nobody.
    return this.#everJoined > 1 ? structuredClone(this.#ending.value) : this.#ending.value
  }

  /** Reads one chunk, for whoever needs it first: the provider is read as fast as the fastest caller reads. Never rejects. */
  #read(): Promise<void> {
    this.#reading ??= this.#source.next().then(
      (step) => {
        this.#reading = undefined
        if (step.done) this.#end({ value: step.value })
        else this.#keep(step.value)
      },
      (error: unknown) => this.#end({ error }),
    )
    return this.#reading
  }

  /** Puts a chunk into the log, and forgets the oldest where there are too many: the fastest reader is never one who needs them. */
  #keep(chunk: ChatChunk): void {
    if (!this.#options.shared) {
      this.#log.push(chunk)
      return
    }
    const text = JSON.stringify(chunk)
    this.#log.push(text)
    this.#logBytes += Buffer.byteLength(text)
    while (this.#logBytes > this.#options.maxLogBytes && this.#log.length > 1) {
      this.#logBytes -= Buffer.byteLength(this.#log.shift() as string) // As all of them.
      this.#dropped++
    }
    if (this.#dropped > 0) this.#options.onShut()
  }

  #end(ending: Ending<T>): void {
    // A flight that was given up ends again when its last read does.
    if (this.#ending !== undefined) return
    this.#ending = ending
    this.#options.onShut()
  }

  #leave(member: Member<T, Facts>): void {
    if (this.#ending !== undefined) return
    const index = this.#members.indexOf(member)
    // The last one stays in the list: it pays for what was received.
    if (index < 0) return
    if (this.#members.length > 1) {
      this.#members.splice(index, 1)
      return
    }
    this.#controller.abort(new DOMException('Nobody waits for this call any more.', 'AbortError'))
    this.#end({ error: this.#controller.signal.reason })
    // Closes what the generator holds open; its own end is of no interest to anyone.
    this.#source.return(undefined as T).catch(() => {})
  }
}

function tooSlow(): SlowConsumerError {
  return new SlowConsumerError(
    'This caller reads a stream that it shares with others so slowly that its next part is no longer kept. Ask again, or raise ' +
      'responseCache.maxEntryBytes.',
  )
}
