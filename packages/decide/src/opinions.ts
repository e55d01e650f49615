/** What the team believes and nobody has measured: kept apart from the evidence, and labelled. */
export interface Opinion {
  /** In the team's words: `everybody here knows LangChain`. */
  about: string
  favours: string
  /** 1 a little, 3 a lot. */
  strength: 1 | 2 | 3
}

/** What opinions count beside all the evidence together, at most: a fifth. */
export const opinionShare = 0.2

/** The score of each option with the opinions counted in, given its score by the evidence: 0..1. */
export function withOpinions(
  totals: ReadonlyMap<string, number>,
  opinions: readonly Opinion[],
): ReadonlyMap<string, number> {
  const all = opinions.reduce((sum, { strength }) => sum + strength, 0)
  return new Map(
    [...totals].map(([option, total]) => {
      const own = opinions.reduce(
        (sum, { favours, strength }) => sum + (favours === option ? strength : 0),
        0,
      )
      return [option, total * (1 - opinionShare) + (own / all) * opinionShare]
    }),
  )
}
