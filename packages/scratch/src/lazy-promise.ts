// Only here as a file: in the other build it stands in stream.ts, with the reader that needs it.
/**
 * A promise whose work starts when somebody waits for it. `await` on a native promise never calls an overridden `then`, so
 * this is an object of its own around one.
 */
export function lazyPromise<T>(promise: Promise<T>, start: () => void): Promise<T> {
  // Nobody needs to wait for it: left alone it never becomes an unhandled rejection.
  promise.catch(() => {})
  const started = (): Promise<T> => {
    start()
    return promise
  }
  return {
    // This object is meant to be awaited.
    // oxlint-disable-next-line unicorn/no-thenable
    then: (onFulfilled, onRejected) => started().then(onFulfilled, onRejected),
    catch: (onRejected) => started().catch(onRejected),
    finally: (onFinally) => started().finally(onFinally),
    [Symbol.toStringTag]: 'Promise',
  }
}
