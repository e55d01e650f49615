import { CancelledError, type ChatChunk, type ChatResult, type ChatStream } from '@plumbline/core'

/**
 * Starts a stream: its chunks, and its result when they are through. `signal` is aborted when the reader leaves; `fail` is for
 * an end that comes while nobody reads.
 */
export type OpenStream = (
  signal: AbortSignal,
  fail: (error: unknown) => void,
) => AsyncGenerator<ChatChunk, ChatResult, undefined>

/**
 * The stream of the contract. LangChain's own sends at once and reads ahead, so `open` is called at the first `next()` or the
 * first wait for `result`, whichever comes.
 */
export function createChatStream(open: OpenStream): ChatStream {
  const reader = new AbortController()
  const { promise, resolve, reject } = Promise.withResolvers<ChatResult>()
  // Nobody needs to wait for it.
  promise.catch(() => {})
  let chunks: AsyncGenerator<ChatChunk, ChatResult, undefined> | undefined
  let isOver = false

  async function next(): Promise<IteratorResult<ChatChunk, undefined>> {
    if (isOver) return { done: true, value: undefined }
    try {
      chunks ??= open(reader.signal, reject)
      const step = await chunks.next()
      // The reader left meanwhile.
      if (isOver) return { done: true, value: undefined }
      if (!step.done) return step
      isOver = true
      resolve(step.value)
    } catch (error) {
      isOver = true
      reject(error)
      throw error
    }
    return { done: true, value: undefined }
  }

  async function leave(): Promise<IteratorResult<ChatChunk, undefined>> {
    if (!isOver) {
      isOver = true
      const error = new CancelledError('The caller stopped reading the stream.')
      // Before the generator is closed: that waits for the chunk that LangChain is reading ahead, which may never come.
      reader.abort(error)
      await chunks?.return(undefined as never).catch(() => {})
      reject(error)
    }
    return { done: true, value: undefined }
  }

  async function drain(): Promise<void> {
    // Who reads the stream as well comes first: both may have been asked for in one go.
    await Promise.resolve()
    if (chunks !== undefined) return
    for (let step = await next(); !step.done; step = await next());
  }

  const iterator: AsyncIterator<ChatChunk, undefined> = {
    next,
    return: leave,
    async throw(error) {
      await leave()
      throw error
    },
  }
  return {
    result: new LazyPromise(promise, () => void drain().catch(() => {})),
    [Symbol.asyncIterator]: () => iterator,
  }
}

/** A promise that starts its work when somebody waits for it. `await` calls `then` only on what is no native promise. */
class LazyPromise<T> implements Promise<T> {
  readonly [Symbol.toStringTag] = 'Promise'
  readonly #promise: Promise<T>
  readonly #start: () => void

  constructor(promise: Promise<T>, start: () => void) {
    this.#promise = promise
    this.#start = start
  }

  // It is meant to be awaited.
  // oxlint-disable-next-line unicorn/no-thenable
  then: Promise<T>['then'] = (onFulfilled, onRejected) => {
    this.#start()
    return this.#promise.then(onFulfilled, onRejected)
  }

  catch: Promise<T>['catch'] = (onRejected) => this.then(undefined, onRejected)

  finally: Promise<T>['finally'] = (onFinally) => {
    this.#start()
    return this.#promise.finally(onFinally)
  }
}
