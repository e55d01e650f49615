import { theme } from './theme.ts'

const shade = 'color-mix(in srgb, var(--ink) 24%, transparent)'

/** A shade at the side where a table goes on; at its end the paper, which scrolls along, lies over it. */
const scrollCue = [
  'linear-gradient(to right, var(--paper) 40%, transparent) left / 2.5rem 100% no-repeat local',
  'linear-gradient(to left, var(--paper) 40%, transparent) right / 2.5rem 100% no-repeat local',
  `linear-gradient(to right, ${shade}, transparent) left / .9rem 100% no-repeat scroll`,
  `linear-gradient(to left, ${shade}, transparent) right / .9rem 100% no-repeat scroll`,
].join(', ')

/** The style sheet of the report: the theme, and what is the report's alone. */
export const styleSheet = `${theme}
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
header { border-bottom: 1px solid var(--line); }
.bar { display: flex; flex-wrap: wrap; gap: 0 1.2rem; align-items: center; max-width: 66rem; margin: 0 auto; padding: .6rem 1.5rem; }
.name { font-size: .95rem; font-weight: 650; letter-spacing: 0; margin: 0; white-space: nowrap; }
.name a { color: var(--ink); text-decoration: none; }
nav { display: flex; flex-wrap: wrap; gap: 0 .85rem; align-items: center; }
nav a { color: var(--quiet); text-decoration: none; white-space: nowrap; font-size: .85rem; padding: .3rem 0; border-bottom: 2px solid transparent; }
nav a:hover { color: var(--link); text-decoration: underline; }
nav a[aria-current] { color: var(--ink); font-weight: 600; border-bottom-color: var(--link); }
.page { display: none; }
.page:target, .page:has(:target), main:not(:has(:target)) #overview { display: block; }
.at-decide .page { display: none !important; } .at-decide #decide { display: block !important; }
main { max-width: 66rem; margin: 0 auto; padding: 2rem 1.5rem 5rem; }
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 1.9rem; letter-spacing: -.02em; margin: 0 0 .8rem; }
h3 { font-size: 1.2rem; margin: 2.5rem 0 .6rem; }
h4 { font-size: 1rem; margin: 2rem 0 .4rem; }
p, li, dd, summary { overflow-wrap: anywhere; }
p { margin: .6rem 0; max-width: 46rem; text-wrap: pretty; }
.lead { font-size: 1.1rem; }
.quiet, figcaption, caption, dt { color: var(--quiet); }
p.quiet { font-size: .9rem; }
.tag { vertical-align: middle; }
.headline { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem; margin: 1.2rem 0; }
time { white-space: nowrap; }
.headline p { margin: 0; padding: 1.2rem 1.4rem; background: var(--card); border-radius: 10px; }
.headline strong { display: block; font-size: 1.9rem; line-height: 1.2; letter-spacing: -.02em; font-weight: 650; }
figure { margin: 1.6rem 0; padding: 1rem 1.2rem 1.2rem; background: var(--paper); border: 1px solid var(--line); border-radius: 10px; }
figcaption { font-size: .9rem; max-width: 46rem; }
svg { display: block; width: 100%; height: auto; margin-top: .6rem; }
.drawing.narrow { display: none; }
caption > span { display: block; position: sticky; left: 0; max-width: min(46rem, calc(100cqw - 1rem)); }
.scroll { container-type: inline-size; background: ${scrollCue}; }
caption { text-align: left; padding: 0 0 .5rem; font-size: .9rem; }
.entrants { display: grid; gap: .6rem; grid-template-columns: minmax(0, 1fr); }
details { margin: .6rem 0; }
.entrants details { margin: 0; padding: .6rem 1rem; border: 1px solid var(--line); border-radius: 8px; }
.entrants summary { font-weight: 600; }
.entrants caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.entrants table { font-size: .875rem; }
.matrix td, .matrix thead th:not(:first-child) { text-align: center; min-width: 5.4rem; }
.matrix .quiet { font-weight: 400; font-size: .8rem; }
.matrix th > code { white-space: nowrap; font-weight: 600; }
.matrix tr.family > * { padding-top: 1.4rem; border-bottom: 1px solid var(--quiet); font-size: 1.05rem; font-weight: 650; }
.matrix tr.family span:first-child { position: sticky; left: 0; }
.families { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: 1rem 0; padding: 0; list-style: none; max-width: none; font-size: .9rem; }
.sentence { display: block; min-width: 13rem; max-width: 26rem; color: var(--ink); font-size: .85rem; }
.outcome { white-space: nowrap; font-size: .85rem; }
.pass { color: var(--pass); } .fail { color: var(--fail); font-weight: 600; } .none { color: var(--quiet); position: relative; }
.matrix td details { margin: 0; }
.matrix td details[open] { text-align: left; min-width: 13rem; background: var(--fail-back); border-radius: 6px; padding: .3rem .6rem; }
.why { font-size: .85rem; } .why ul { margin: .3rem 0; padding-left: 1.1rem; }
.counts td { white-space: nowrap; }
.faults td, .faults th { padding: .45rem .1rem .45rem .4rem; }
.faults td { min-width: 5rem; line-height: 1.4; }
.faults colgroup + colgroup { border-left: 1px solid var(--line); }
.faults col { width: 8.5rem; }
.faults thead th { vertical-align: top; border-bottom: 0; padding-bottom: 0; overflow-wrap: normal; }
.faults thead tr + tr th { padding-top: 0; font-weight: 400; font-size: .8rem; white-space: nowrap; }
.faults thead { background: var(--paper); box-shadow: 0 1px var(--quiet); }
.faults th[scope='row'], .faults th[rowspan] { position: sticky; left: 0; min-width: 8.25rem; padding-left: 0; background: linear-gradient(var(--line) 0 0) right / 1px 100% no-repeat var(--paper); }
.faults th[scope='row'] { font-size: .85rem; line-height: 1.45; overflow-wrap: anywhere; }
.faults th[rowspan] { background: linear-gradient(var(--quiet) 0 0) bottom / 100% 1px no-repeat var(--paper); }
.faults tr:hover th[scope='row'] { background-color: var(--card); }
.ending { display: block; white-space: nowrap; font-weight: 600; font-size: .8rem; color: var(--error); }
.ending.success { color: var(--success); } .ending.hangs { color: var(--warn); }
.ending span { display: inline-block; width: 1.1em; }
.spent { display: block; white-space: nowrap; font-size: .78rem; }
.faults details { margin: .1rem 0 0; font-size: .78rem; color: var(--quiet); }
.faults summary { list-style: none; text-decoration: underline dotted; text-underline-offset: .2em; }
.faults summary::-webkit-details-marker { display: none; }
.faults details span { display: block; overflow-wrap: anywhere; }
[hidden] { display: none !important; }
pre { overflow-x: auto; margin: .5rem 0; padding: .8rem 1rem; background: var(--card); border-radius: 8px; font: .8rem/1.5 ui-monospace, monospace; }
.verdict { margin: 1.2rem 0; padding: 1rem 1.4rem; background: var(--card); border-radius: 10px; border-left: 4px solid var(--quiet); }
.verdict.recommend, .verdict.lean { border-left-color: var(--pass); } .verdict.not-enough-evidence, .verdict.none-fits { border-left-color: var(--fail); } .verdict.too-close { border-left-color: var(--warn); }
.verdict p { margin: .2rem 0; } .said { font-size: 1.25rem; font-weight: 650; line-height: 1.35; }
form { display: grid; gap: 1rem; margin: 1.2rem 0; align-content: start; grid-template-columns: minmax(0, 1fr); }
.weighing > div { min-width: 0; }
.origin { display: block; color: var(--quiet); font-size: .8rem; overflow-wrap: anywhere; } .weighing h3 { margin-top: 1.8rem; }
.part { margin: 0; padding: .6rem 1.2rem; border: 1px solid var(--line); border-radius: 10px; } .part summary { font-weight: 600; }
form p { margin: .3rem 0; max-width: none; }
fieldset { min-width: 0; margin: 0; padding: .6rem 1.2rem 1rem; border: 1px solid var(--line); border-radius: 10px; }
legend { font-weight: 600; padding: 0 .4rem; margin-left: -.4rem; }
label { font-size: .9rem; }
input, select, button { font: inherit; font-size: .9rem; color: var(--ink); background: var(--paper); border: 1px solid var(--quiet); border-radius: 6px; padding: .3rem .5rem; max-width: 100%; }
input[type='range'] { padding: 0; accent-color: var(--link); width: 100%; min-width: 0; }
::placeholder { color: var(--quiet); opacity: 1; font-style: italic; }
button { cursor: pointer; background: var(--card); }
#preset { width: 100%; margin-top: .3rem; }
.weight { display: grid; grid-template-columns: minmax(0, 1.4fr) minmax(0, 1fr) 3.2rem; gap: 1rem; align-items: center; }
.weight output { text-align: right; }
.constraints { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: .4rem 1.2rem; }
.constraints label, .constraints .quiet { display: block; } .constraints input { width: 100%; } .constraints .quiet { font-size: .8rem; margin-top: .2rem; overflow-wrap: anywhere; }
.opinion { display: flex; flex-wrap: wrap; gap: .4rem .6rem; align-items: center; } .opinion input { flex: 1 1 14rem; }
.range { position: relative; display: block; min-width: 7rem; height: .8rem; margin-top: .35rem; background: var(--card); border: 1px solid var(--line); border-radius: 1rem; overflow: hidden; }
.range span { position: absolute; top: 0; bottom: 0; background: var(--exact); opacity: .35; }
.range b { position: absolute; top: 0; bottom: 0; width: 4px; margin-left: -2px; background: var(--exact); }
dl { display: grid; gap: .3rem; margin: 0; font-size: .9rem; }
dl div { display: grid; grid-template-columns: 10rem 1fr; gap: 1rem; border-bottom: 1px solid var(--line); padding: .3rem 0; }
dd { margin: 0; }
main > section > ul, #advice > ul { max-width: 46rem; padding-left: 1.2rem; }
main > section > ul:not(.families) li, #advice > ul li { margin: .4rem 0; }
@media (max-width: 44rem) {
  body { font-size: 15px; }
  .bar, main { padding-left: 1rem; padding-right: 1rem; }
  main { padding-top: 1.5rem; }
  h2 { font-size: 1.5rem; }
  .weight { grid-template-columns: 1fr 3.2rem; gap: .2rem .8rem; } .weight label { grid-column: 1 / -1; }
  .headline strong { font-size: 1.6rem; }
  figure { padding: .8rem .6rem; }
  .drawing.wide { display: none; } .drawing.narrow { display: block; }
  dl div { grid-template-columns: 1fr; gap: 0; }
  .sentence { min-width: 11rem; }
}
@media (min-width: 62rem) {
  .weighing { display: grid; grid-template-columns: 20rem minmax(0, 1fr); gap: 0 2rem; }
  .weighing .weight { grid-template-columns: 1fr 3.2rem; gap: 0 .8rem; } .weighing .weight label { grid-column: 1 / -1; }
  .entrants { grid-template-columns: repeat(2, minmax(0, 1fr)); align-items: start; }
  .entrants th, .entrants td { padding-left: .35rem; padding-right: .35rem; }
  .entrants th:first-child { padding-left: 0; width: 42%; }
  .matrix { overflow: visible; container-type: normal; background: none; }
  .matrix:has(td details[open]) { overflow-x: auto; }
  .matrix tr { scroll-margin-top: 4rem; }
  .matrix thead th { position: sticky; top: 0; background: var(--paper); z-index: 1; box-shadow: 0 1px var(--quiet); }
  .counts th[scope='row'] { white-space: nowrap; }
  .faults.fits { overflow: visible; container-type: normal; background: none; }
  .faults.fits table { table-layout: fixed; }
  .faults.fits td { min-width: 0; }
  .faults.fits th[scope='row'], .faults.fits th[rowspan] { background-size: 0; }
  .faults.fits thead { position: sticky; top: 0; z-index: 1; }
}
@media print {
  .page { display: block !important; } .page + .page { break-before: page; } nav { display: none; }
  .matrix thead th, .faults.fits thead { position: static; } figure, table { break-inside: avoid; }
}
`
