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
