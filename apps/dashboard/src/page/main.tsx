import { render } from 'preact'

import { DashboardPage } from './dashboard-page.tsx'

const root = document.getElementById('app')
if (root) render(<DashboardPage isDemo={'demo' in root.dataset} />, root)
