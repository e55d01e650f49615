/** The element of the page with this id. Throws `TypeError` where the page has none of that kind. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id)
  if (element instanceof kind) return element
  throw new TypeError(`The page has no ${kind.name} with the id ${id}.`)
}

/** Makes text of an element, never markup. */
export function setText(id: string, text: string): void {
  byId(id, HTMLElement).textContent = text
}
