import type { Opinion } from '@plumbline/decide'

import { markup } from '../html/markup.ts'

let rows = 0

/** One opinion to fill in: the words, whom they favour, how much. */
export function opinionRow(options: readonly string[], opinion?: Opinion): HTMLElement {
  const id = `opinion-${++rows}`
  const row = document.createElement('p')
  row.className = 'opinion'
  row.innerHTML =
    markup`<label for="${id}">we think</label><input id="${id}" type="text" value="${opinion?.about}" placeholder="four of us know LangChain well">
<label for="${id}-favours">which favours</label><select id="${id}-favours">${options.map((option) => markup`<option>${option}</option>`)}</select>
<label for="${id}-strength">how much</label><select id="${id}-strength"><option value="1">a little</option><option value="2">some</option><option value="3">a lot</option></select>
<button type="button">Remove</button>`.html
  const [favours, strength] = row.querySelectorAll('select')
  if (favours && strength && opinion) {
    favours.value = opinion.favours
    strength.value = String(opinion.strength)
  }
  return row
}

/** The opinions that have words. */
export function readOpinions(): Opinion[] {
  return [...document.querySelectorAll('.opinion')].flatMap((row): Opinion[] => {
    const about = row.querySelector('input')?.value.trim() ?? ''
    const [favours, strength] = [...row.querySelectorAll('select')].map(({ value }) => value)
    if (about === '' || favours === undefined) return []
    const level = strength === '3' ? 3 : strength === '2' ? 2 : 1
    return [{ about, favours, strength: level }]
  })
}
