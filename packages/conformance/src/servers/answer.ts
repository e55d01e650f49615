/** What the fault server does with one request, as data: it can be written in JSON, save for functions that choose between answers. */
export interface Answer {
  /** Default 200. */
  status?: number
  /** Added to the defaults of the body's kind; names in lower case. */
  headers?: Record<string, string>
  /** Before the status line is sent; `gate`, `waitMs`, `stall` and `reset` make sense here. */
  before?: Step[]
  /** The body, piece by piece. After the last step the answer ends cleanly. */
  steps: Step[]
  /** Default: each step is one write. A number cuts every write into pieces of so many bytes, each a packet of its own. */
  bytesPerWrite?: number
}

export type Step =
  /** Text as it is. */
  | { text: string }
  /** Bytes that need not be UTF-8. */
  | { base64: string }
  /** One server-sent event with this JSON as its data. */
  | { event: unknown }
  /** One server-sent comment, which keeps a connection alive and says nothing. */
  | { comment: string }
  /** Waits until the test calls `release` with this name, once for all requests. */
  | { gate: string }
  /** Waits real time; for use by hand. */
  | { waitMs: number }
  /** Never goes on: the connection stays open until the client closes it. */
  | { stall: true }
  /** Breaks the connection (RST). */
  | { reset: true }

/** The bytes of one step; undefined for a step that sends nothing. */
export function stepBytes(step: Step): Buffer | undefined {
  if ('text' in step) return Buffer.from(step.text)
  if ('base64' in step) return Buffer.from(step.base64, 'base64')
  if ('event' in step) return Buffer.from(`data: ${JSON.stringify(step.event)}\n\n`)
  if ('comment' in step) return Buffer.from(`: ${step.comment}\n\n`)
  return undefined
}
