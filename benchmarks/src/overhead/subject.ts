/** A row of the overhead benchmark, once it is made: something that answers a request. */
export interface Subject {
  name: string
  /** The row that it is set against; its own name for a row that stands for itself. */
  baseline: string
  /** `number` makes the request another one each time. */
  call: (number: number) => Promise<unknown>
  close?: () => Promise<void>
}

/** Where the calls of all rows go. */
export interface Target {
  baseUrl: string
  /** Undefined: what each row takes by itself. */
  fetch?: typeof globalThis.fetch
}
