import {
  decide,
  equalWeights,
  families,
  familyMeanings,
  presetMeanings,
  presetNames,
  type Evidence,
} from '@plumbline/decide'

import { markup, type Markup } from '../markup.ts'
import { adviceMarkup } from './advice.ts'

/** The page that weighs: controls that a script brings to life, over the advice for weights that are all alike, which needs none. */
export function decideSection(evidence: Evidence): Markup {
  return markup`<section class="page" id="decide">
<h2>Decide</h2>
<p>What the figures of this report advise for your team, by the same function as <code>plumbline decide</code>. Nothing you enter leaves this page; the address holds your answers, so that you can send them.</p>
<noscript><p class="warning">Without JavaScript this page shows the advice for weights that are all alike. <code>plumbline decide</code> asks the same on a terminal.</p></noscript>
<div class="weighing">
<form id="answers" autocomplete="off">
${presetField()}
<fieldset class="weights"><legend>What counts, and how much</legend>
${families.map(weightField)}
<p class="quiet">Only the proportions matter; all at 0 counts as all alike.</p>
</fieldset>
${constraintFields(evidence)}
<details class="part" id="opinions-part"><summary>Your own opinions, if any</summary>
<p class="quiet">What nobody has measured. They are shown apart and change no verdict.</p>
<div id="opinions"></div>
<p><button type="button" id="add-opinion">Add an opinion</button></p>
</details>
</form>
<div>
<p class="warning" id="refused" role="alert" hidden></p>
<p class="unseen" id="spoken" role="status"></p>
<div id="advice">${adviceMarkup(decide(evidence), evidence)}</div>
<div class="take-away" id="take-away" hidden>
<h3>Take it with you</h3>
<p>This address holds your answers: <a id="share" href="#decide">link to this advice</a>.</p>
<details><summary>As a file for <code>plumbline decide --answers answers.json</code></summary><pre tabindex="0" id="answers-json"></pre></details>
<details><summary>As a decision record (MADR)</summary><pre tabindex="0" id="advice-adr"></pre></details>
<details><summary>As JSON, as <code>plumbline decide --json</code> prints it</summary><pre tabindex="0" id="advice-json"></pre></details>
</div>
</div>
</div>
</section>`
}

function presetField(): Markup {
  return markup`<p><label for="preset">Start from a team like yours</label>
<select id="preset">${presetNames.map((name) => markup`<option value="${name}">${name}: ${presetMeanings[name]}</option>`)}<option value="" disabled>your own</option></select>
<span class="quiet">It replaces your weights and constraints.</span></p>`
}

function weightField(family: (typeof families)[number]): Markup {
  return markup`<p class="weight"><label for="weight-${family}"><b>${family}</b> <span class="quiet">${familyMeanings[family]}</span></label>
<input type="range" id="weight-${family}" min="0" max="5" step="0.5" value="${equalWeights[family]}"><output for="weight-${family}" id="share-${family}"></output></p>
`
}

function constraintFields({ facts = {} }: Evidence): Markup {
  const licences = [...new Set(Object.values(facts).flatMap((fact) => fact.licences ?? []))].toSorted()
  const providers = [...new Set(Object.values(facts).flatMap((fact) => fact.providers ?? []))]
  const amounts = [
    ['maxBundleGzipKb', 'largest bundle, kB compressed'],
    ['maxPackages', 'most packages installed'],
    ['maxInstallMb', 'largest install, MB'],
  ]
  const lists = [
    [
      'requiredClauses',
      'clauses that must pass',
      'CAC-05, SEC-01',
      'Ids of the conformance page, with commas.',
    ],
    [
      'licences',
      'licences allowed',
      'MIT, Apache-2.0',
      licences.length > 0 ? `Both together install: ${licences.join(', ')}.` : 'SPDX ids, with commas.',
    ],
    [
      'providers',
      'protocols that must be spoken',
      'openai-compatible',
      `Known here: ${providers.join(', ')}.`,
    ],
  ]
  return markup`<details class="part" id="constraints-part"><summary>Hard constraints, if any</summary>
<p class="quiet">An option that breaks one is out, whatever it scores.</p>
<div class="constraints">
${amounts.map(([name, label]) => markup`<p><label for="${name}">${label}</label><input id="${name}" type="number" min="0" step="any" inputmode="decimal"></p>`)}
${lists.map(([name, label, example, hint]) => markup`<p><label for="${name}">${label}</label><input id="${name}" type="text" placeholder="${example}" spellcheck="false" aria-describedby="${name}-hint"><span class="quiet" id="${name}-hint">${hint}</span></p>`)}
</div></details>`
}
