/** One request as the mock journalled it. */
export interface OrdinaryRequest {
  method: string
  path: string
  /** The JSON body of the request, without the fields that the mock adds for itself. */
  body: Record<string, unknown>
  status: number
}

export interface OrdinaryServer {
  /** With `/v1`, as a provider's base URL. */
  readonly baseUrl: string
  readonly journal: readonly OrdinaryRequest[]
  /** Answers the next request with an error, once. A 429 comes with `Retry-After: 1`. */
  failNext(status: number, error?: { message?: string; type?: string; code?: string }): void
  close(): Promise<void>
}

export interface OrdinaryOptions {
  /** What the model says to everything. Default `Hello there, all is well.` */
  text?: string
  /** Default 10 and 5. */
  usage?: { prompt_tokens: number; completion_tokens: number }
  /** Characters per streamed chunk. Default 5. */
  chunkSize?: number
}

/**
 * A provider that behaves, in code that is not ours: @copilotkit/aimock, which answers chat whole and streamed (with a usage chunk when
 * asked for one) and errors as OpenAI does.
 *
 * Seen in 1.43.0, which is why the rest goes to the fault server: on `/v1` it drops `prompt_tokens_details` and
 * `completion_tokens_details`; it answers embeddings as floats whatever `encoding_format` says, with a usage of zero; its
 * journal joins the texts of an embedding request into one.
 */
export async function startOrdinaryServer(options: OrdinaryOptions = {}): Promise<OrdinaryServer> {
  const { text = 'Hello there, all is well.', chunkSize = 5 } = options
  const { usage = { prompt_tokens: 10, completion_tokens: 5 } } = options
  // Few scenarios need it, and it is a tenth of what the suite takes to load.
  const { LLMock } = await import('@copilotkit/aimock')
  const mock = new LLMock({ host: '127.0.0.1', port: 0, logLevel: 'silent' })
  mock.on({ predicate: () => true }, { content: text, usage }, { chunkSize })
  await mock.start()

  return {
    baseUrl: `${mock.baseUrl}/v1`,
    get journal() {
      return mock.getRequests().map(({ method, path, body, response }) => {
        // `_endpointType` is the mock's own routing mark.
        const { _endpointType: _, ...sent } = (body ?? {}) as Record<string, unknown>
        return { method, path, body: sent, status: response.status }
      })
    },
    failNext(status, error = {}) {
      mock.nextRequestError(status, error)
    },
    close: () => mock.stop(),
  }
}
