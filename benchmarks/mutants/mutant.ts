/** One sabotage of a build: a text that stands exactly once in a file, and what is put in its place. */
export interface Mutant {
  id: string
  /** The clause that must notice. */
  clause: string
  build: 'scratch' | 'langchain'
  /** From the root of the repository. */
  file: string
  find: string
  replace: string
  /** Which protection is taken out. */
  why: string
}

/** Where a mutant's text stands, and the build that is tried with it. */
export type Place = Pick<Mutant, 'build' | 'file'>

export const scratch = (file: string): Place => ({ build: 'scratch', file: `packages/scratch/src/${file}` })
export const langchain = (file: string): Place => ({
  build: 'langchain',
  file: `packages/langchain/src/${file}`,
})
/** Of the parts that both builds have; tried with `scratch`. */
export const core = (file: string): Place => ({ build: 'scratch', file: `packages/core/src/${file}` })
export const coreInLangchain = (file: string): Place => ({ ...core(file), build: 'langchain' })
