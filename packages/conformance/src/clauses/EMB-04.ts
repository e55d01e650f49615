import { defineClause } from '../clause.ts'
import { provider, vectorOf } from '../servers/provider.ts'

const model = 'text-embedding-3-small'
const text = 'bits'
const sent = vectorOf(text, { model })
const asFloat32 = sent.map((number) => Math.fround(number))

/** The float32 numbers behind a base64 answer, read independently of the build. */
function fromBase64(embedding: unknown): number[] {
  const bytes = Buffer.from(String(embedding), 'base64')
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))
}

export const EMB04 = defineClause({
  id: 'EMB-04',
  sentence:
    'Vectors are float32 from the first answer on, and come back bit-identical; base64 and float encodings share an entry.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['embed', 'embedding-cache'],
  scenarios: [
    {
      name: 'the first answer and the hit are the float32 numbers of what the provider sent',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        const made = pipeline({ server, embeddingCache: {} })
        const first = await made.embed({ model, input: text, encoding_format: 'float' })
        const hit = await made.embed({ model, input: text, encoding_format: 'float' })
        check.notEqual(sent[0], asFloat32[0], 'the provider’s numbers need more than float32')
        check.deepEqual(first.response.data[0]?.embedding, asFloat32, 'the first answer')
        check.deepEqual(hit.response.data[0]?.embedding, asFloat32, 'the hit')
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'base64 asked for after floats, and floats after base64, are served from the same entry',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({}))
        for (const order of [
          ['float', 'base64'],
          ['base64', 'float'],
        ] as const) {
          const made = pipeline({ server, embeddingCache: {} })
          for (const encoding_format of order) {
            const { response } = await made.embed({ model, input: text, encoding_format })
            const embedding = response.data[0]?.embedding
            check.equal(
              typeof embedding === 'string',
              encoding_format === 'base64',
              `the form of ${encoding_format}`,
            )
            check.deepEqual(
              encoding_format === 'base64' ? fromBase64(embedding) : embedding,
              asFloat32,
              encoding_format,
            )
          }
        }
        check.equal(server.journal.length, 2, 'one request for each pipeline')
      },
    },
    {
      name: 'a server that answers in the other encoding, and tiny numbers, keep their bits; a changed hit changes no other',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const numbers = [1e-42, 0.1, -3.4e38, 1.1754944e-38]
        const wanted = numbers.map((number) => Math.fround(number))
        for (const encoding of ['float', 'base64'] as const) {
          const server = await faults(provider({}, { encoding, vector: () => numbers }))
          const made = pipeline({ server, embeddingCache: {} })
          for (const encoding_format of ['float', 'base64', 'float', undefined] as const) {
            const { response } = await made.embed({
              model,
              input: text,
              ...(encoding_format && { encoding_format }),
            })
            const embedding = response.data[0]?.embedding
            const read = Array.isArray(embedding) ? [...embedding] : fromBase64(embedding)
            check.ok(
              read.every((number, index) => Object.is(number, wanted[index])),
              `${encoding} read as ${encoding_format}`,
            )
            if (Array.isArray(embedding)) embedding.fill(7)
          }
        }
      },
    },
  ],
})
