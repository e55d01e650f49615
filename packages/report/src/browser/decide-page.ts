import {
  adviceToAdr,
  adviceToJson,
  decide,
  equalWeights,
  families,
  headlineOf,
  normalised,
  percent,
  presetNames,
  presets,
  type Answers,
  type Constraints,
  type Evidence,
  type Opinion,
} from '@plumbline/decide'

import { adviceMarkup } from '../html/decide/advice.ts'
import { answersFromHash, answersToHash } from '../html/decide/answers-hash.ts'
import { byId, setText } from './elements.ts'
import { opinionRow, readOpinions } from './opinion-rows.ts'

const amounts = ['maxBundleGzipKb', 'maxPackages', 'maxInstallMb'] as const
const lists = ['requiredClauses', 'licences', 'providers'] as const
const clauseId = /^[A-Z]{3}-[0-9]{2}$/

/** Brings the controls of the Decide page to life. The address is where the answers are kept: it is read first, and written at every change. */
export function startDecidePage(evidence: Evidence, { today }: { today: () => Date }): void {
  const form = byId('answers', HTMLFormElement)
  let answers: Answers = {}
  let refused: string[] = []

  function readAddress(): void {
    if (!/^#decide(\?|$)/.test(location.hash)) return
    ;({ answers, refused } = answersFromHash(location.hash, evidence.options))
    fill(answers, evidence)
    show()
  }

  function change(next: Answers): void {
    answers = next
    const hash = `#${answersToHash(answers)}`
    // Not an entry of the history for every step of a slider.
    if (location.hash !== hash) history.replaceState(null, '', hash)
    show()
  }

  function show(): void {
    const advice = decide(evidence, answers)
    const shares = normalised(answers.weights ?? equalWeights)
    for (const family of families) setText(`share-${family}`, percent(shares[family]))
    byId('preset', HTMLSelectElement).value = presetOf(answers)
    byId('advice', HTMLElement).innerHTML = adviceMarkup(advice, evidence).html
    setText('spoken', headlineOf(advice))
    const warning = byId('refused', HTMLElement)
    warning.hidden = refused.length === 0
    warning.textContent =
      refused.length === 0 ? '' : `Left out, since it is no answer: ${refused.join('; ')}.`
    byId('share', HTMLAnchorElement).href = `#${answersToHash(answers)}`
    setText('answers-json', JSON.stringify(answers, undefined, 2))
    setText('advice-json', JSON.stringify(adviceToJson(advice, evidence), undefined, 2))
    setText('advice-adr', adviceToAdr(advice, { date: today().toISOString().slice(0, 10), evidence }))
    byId('take-away', HTMLElement).hidden = false
  }

  byId('preset', HTMLSelectElement).addEventListener('change', ({ currentTarget }) => {
    // Set on a select alone.
    const name = (currentTarget as HTMLSelectElement).value
    const preset = presetNames.find((one) => one === name)
    if (preset === undefined) return
    refused = []
    fill(presets[preset], evidence)
    change(presets[preset])
  })
  form.addEventListener('input', ({ target }) => {
    if (target instanceof HTMLSelectElement && target.id === 'preset') return
    const read = readForm(answers, target)
    refused = read.refused
    change(read.answers)
  })
  form.addEventListener('submit', (event) => event.preventDefault())
  byId('add-opinion', HTMLButtonElement).addEventListener('click', () => {
    const row = opinionRow(evidence.options)
    byId('opinions', HTMLElement).append(row)
    row.querySelector('input')?.focus()
  })
  byId('opinions', HTMLElement).addEventListener('click', ({ target }) => {
    if (!(target instanceof HTMLButtonElement)) return
    target.closest('.opinion')?.remove()
    byId('add-opinion', HTMLButtonElement).focus()
    change(readForm(answers, undefined).answers)
  })
  addEventListener('hashchange', readAddress)
  fill(answers, evidence)
  show()
  readAddress()
}

/** Puts answers into the controls. */
function fill(
  { weights = equalWeights, constraints = {}, opinions = [] }: Answers,
  { options }: Evidence,
): void {
  for (const family of families) {
    const slider = byId(`weight-${family}`, HTMLInputElement)
    slider.max = String(Math.max(5, weights[family]))
    slider.value = String(weights[family])
  }
  for (const name of amounts) byId(name, HTMLInputElement).value = String(constraints[name] ?? '')
  for (const name of lists) byId(name, HTMLInputElement).value = constraints[name]?.join(', ') ?? ''
  // What is filled in is seen.
  byId('constraints-part', HTMLDetailsElement).open ||= Object.keys(constraints).length > 0
  byId('opinions-part', HTMLDetailsElement).open ||= opinions.length > 0
  byId('opinions', HTMLElement).replaceChildren(...opinions.map((opinion) => opinionRow(options, opinion)))
}

/** What the controls say; of the weights only the one that moved, so that those of a link keep more digits than a slider has. */
function readForm(
  before: Answers,
  moved: EventTarget | null | undefined,
): { answers: Answers; refused: string[] } {
  const refused: string[] = []
  let { weights } = before
  for (const family of families) {
    const slider = byId(`weight-${family}`, HTMLInputElement)
    if (slider === moved) weights = { ...(weights ?? equalWeights), [family]: Number(slider.value) }
  }
  if (weights && families.every((family) => weights?.[family] === 0)) {
    refused.push('all weights are 0')
    weights = undefined
  }
  const constraints: Constraints = {}
  for (const name of amounts) {
    const { value, valueAsNumber, validity } = byId(name, HTMLInputElement)
    if (validity.badInput || valueAsNumber < 0) refused.push(`${name}: a number from 0 up`)
    else if (value !== '') constraints[name] = valueAsNumber
  }
  for (const name of lists) {
    const values = byId(name, HTMLInputElement)
      .value.split(',')
      .map((value) => (name === 'requiredClauses' ? value.trim().toUpperCase() : value.trim()))
      .filter((value) => value !== '')
    const wrong = name === 'requiredClauses' ? values.filter((value) => !clauseId.test(value)) : []
    refused.push(...wrong.map((value) => `${value}, which is no clause such as CAC-05`))
    const right = values.filter((value) => !wrong.includes(value))
    if (right.length > 0) constraints[name] = right
  }
  const opinions: Opinion[] = readOpinions()
  return {
    answers: {
      ...(weights && { weights }),
      ...(Object.keys(constraints).length > 0 && { constraints }),
      ...(opinions.length > 0 && { opinions }),
    },
    refused,
  }
}

/** The name of the preset that the answers are; empty for a team's own. */
function presetOf(answers: Answers): string {
  const same = answersToHash(answers)
  return presetNames.find((name) => answersToHash(presets[name]) === same) ?? ''
}
