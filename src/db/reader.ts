import { openSqliteReader } from './sqlite.ts'
import type { Store } from './store.ts'

/** Opens the `file` of a store once more, for a thread of its own that reads. */
export const openReader = (file: string): Pick<Store, 'read' | 'close'> => openSqliteReader(file)
