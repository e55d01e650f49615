/** Gives a generator the contract's shape: it starts when somebody reads it or asks for its `result`, which is what it returns. */
export function toStream<Chunk, Result>(generator: AsyncGenerator<Chunk, Result>) {
  const { promise, resolve, reject } = Promise.withResolvers<Result>()
  promise.catch(() => {})
  async function* watched(): AsyncGenerator<Chunk> {
    try {
      resolve(yield* generator)
    } catch (error) {
      reject(error)
      throw error
    } finally {
      // Of no effect but where the reader has left.
      reject(new Error('Nobody read to the end.'))
    }
  }
  let chunks: AsyncGenerator<Chunk> | undefined
  async function drain(): Promise<void> {
    for await (const _ of (chunks = watched()));
  }
  return {
    [Symbol.asyncIterator]: () => (chunks ??= watched()),
    get result() {
      if (!chunks) drain().catch(() => {})
      return promise
    },
  }
}
