import { useCallback, useEffect, useState } from 'preact/hooks'

import { queryOf, viewOf, type View } from './url-state.ts'

/** The view in the URL, and how it is changed; the browser's Back goes to the one before. */
export function useView(): [View, (changes: Partial<View>) => void] {
  const [view, setView] = useState(() => viewOf(location.search))
  useEffect(() => {
    const onBack = (): void => setView(viewOf(location.search))
    addEventListener('popstate', onBack)
    return () => removeEventListener('popstate', onBack)
  }, [])
  const change = useCallback((changes: Partial<View>) => {
    const next = { ...viewOf(location.search), ...changes }
    history.pushState(null, '', `${location.pathname}${queryOf(next)}`)
    setView(next)
  }, [])
  return [view, change]
}
