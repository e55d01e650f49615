import { core, langchain, scratch, type Mutant } from '../mutant.ts'

/** Of the clauses SEC: what must not leak. */
export const secrecyMutants: readonly Mutant[] = [
  {
    id: 'cause-printed',
    clause: 'SEC-01',
    ...core('contract/errors.ts'),
    find: 'cause: ${cause.constructor.name} (not shown)',
    replace: 'cause: ${cause.stack}',
    why: 'a printed error quotes the provider, which quotes the prompt',
  },
  {
    id: 'server-writes-into-array-prototype',
    clause: 'SEC-02',
    ...core('stream/assemble.ts'),
    find: 'if (!Number.isInteger(index) || index < 0 || index >= maxToolCalls)',
    replace: 'if (index === undefined)',
    why: 'a tool call with the index __proto__ writes into every array',
  },
  {
    id: 'no-size-limit',
    clause: 'SEC-03',
    ...core('contract/validate.ts'),
    find: 'maxRequestBytes = 67_108_864',
    replace: 'maxRequestBytes = Infinity',
    why: 'a hundred megabytes are sent',
  },
  {
    id: 'characters-for-bytes',
    clause: 'SEC-03',
    ...core('contract/validate.ts'),
    find: 'value.length : size.bytesOf(value)',
    replace: 'value.length : value.length',
    why: 'the limit counts characters',
  },
  {
    id: 'halves-replaced',
    clause: 'SEC-04',
    ...core('stream/assemble.ts'),
    find: 'return before + next',
    replace: 'return before + next.toWellFormed()',
    why: 'half an emoji at the end of a chunk is lost',
  },
  {
    id: 'redirects-followed',
    clause: 'SEC-05',
    ...scratch('pipeline.ts'),
    find: 'const transport = createHttpFetch()',
    replace:
      "const transport = Object.assign((url: string, init: RequestInit) => fetch(url, { ...init, redirect: 'follow' }), { close() {} })",
    why: 'a redirect takes the key along',
  },
  {
    id: 'redirects-followed-langchain',
    clause: 'SEC-05',
    ...langchain('pipeline.ts'),
    find: 'const transport = createHttpFetch()',
    replace:
      "const transport = Object.assign((url: string, init: RequestInit) => fetch(url, { ...init, redirect: 'follow' }), { close() {} })",
    why: 'a redirect takes the key along',
  },
]
