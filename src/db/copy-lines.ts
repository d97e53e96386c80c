// COPY … FROM STDIN: rows as lines of text, which the server reads with less work than any other statement.
import pg from 'pg'
import { quoted, quotedList, type Row } from './copy-shape.ts'

/** What the driver's connection has for this, and its types have not. */
type CopyConnection = { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void }

const special = /[\\\t\n\r]/

/** A value as COPY's text format has it: https://www.postgresql.org/docs/current/sql-copy.html */
function field(value: Row[number]): string {
  if (value === null) return '\\N'
  if (typeof value === 'number') return String(value)
  return special.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r') : value
}

const lineOf = (row: Row): string => `${row.map(field).join('\t')}\n`

/** Inserts rows in a savepoint, all or none, in one turn. Rejects with what the server says, with the savepoint `batch` still to be gone back to. */
export const copyIn = (client: pg.Client, table: string, columns: readonly string[], rows: readonly Row[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const text = `SAVEPOINT batch; COPY ${quoted(table)} (${quotedList(columns)}) FROM STDIN; RELEASE batch`
    const query = new pg.Query(text, error => (error ? reject(error) : resolve()))
    const handleCopyInResponse = (connection: CopyConnection) => {
      connection.sendCopyFromChunk(Buffer.from(rows.map(lineOf).join('')))
      connection.endCopyFrom()
    }
    client.query(Object.assign(query, { handleCopyInResponse })) // the driver's own would refuse to send anything
  })
