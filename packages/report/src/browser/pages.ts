/**
 * Says which page is shown, in the navigation and in the title. The pages themselves are shown by the style sheet, by the address; only one
 * with answers in its address (`#decide?…`) names no element, so that the script has to show it.
 */
export function startPages(): void {
  const title = document.title
  function update(): void {
    const isDecide = location.hash.startsWith('#decide?')
    document.body.classList.toggle('at-decide', isDecide)
    const target = isDecide ? 'decide' : decodeURIComponent(location.hash.slice(1))
    const element = document.getElementById(target)
    const page = element?.closest('.page') ?? document.querySelector('.page')
    // A deep link to what is closed opens it, and what it is in.
    for (let open = element?.closest('details'); open; open = open.parentElement?.closest('details')) {
      open.open = true
    }
    const heading = page?.querySelector('h2')?.textContent ?? ''
    document.title = `${heading} - ${title}`
    for (const link of document.querySelectorAll('nav a')) {
      if (link.getAttribute('href') === `#${page?.id}`) link.setAttribute('aria-current', 'page')
      else link.removeAttribute('aria-current')
    }
    if (isDecide) scrollTo(0, 0)
    else if (element?.closest('details')) element.scrollIntoView()
  }
  addEventListener('hashchange', update)
  update()
}
