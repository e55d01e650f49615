/** One row of the footprint: what a project would put into its package.json and import. */
export interface Subject {
  name: string
  /** What is imported; the first is the row's own entry. */
  specifiers: readonly string[]
  build?: 'scratch' | 'langchain'
}

/** The bare SDK first, since the others are set against it; then each library as its docs have it imported, and the builds. */
export const subjects: readonly Subject[] = [
  { name: 'openai', specifiers: ['openai'] },
  { name: 'ai + @ai-sdk/openai', specifiers: ['ai', '@ai-sdk/openai'] },
  { name: 'langchain + @langchain/openai', specifiers: ['langchain', '@langchain/openai'] },
  { name: '@plumbline/scratch', specifiers: ['@plumbline/scratch'], build: 'scratch' },
  { name: '@plumbline/langchain', specifiers: ['@plumbline/langchain'], build: 'langchain' },
]
