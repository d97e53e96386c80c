import closeWithGrace from 'close-with-grace'
import type { Command } from 'commander'
import pino from 'pino'
import { type Config, readConfig } from '../config.ts'
import type { Io } from './io.ts'
import { type Server, startServer } from './server.ts'

/** The last word of a shutdown, two seconds after slow connections were cut. */
const shutdownMs = 10_000

/** `dateline serve`: the first line on stdout is `{"listening":"http://…"}`; logs go to stderr. */
export const addServe = (program: Command, io: Io) =>
  program
    .command('serve')
    .description('serve the API; the first line on stdout is {"listening":"http://127.0.0.1:PORT"}')
    .action(async () => {
      const config = readConfig(io.env)
      const log = logTo(config)
      const server = await startServer(config, log)
      closeOnSignals(server, log)
      io.out(`${JSON.stringify({ listening: server.url })}\n`)
    })

/** JSON lines on stderr, written at once, so that the last ones are there when the process has ended. */
export const logTo = ({ logLevel }: Pick<Config, 'logLevel'>) => pino({ level: logLevel }, pino.destination({ fd: 2, sync: true }))

/** SIGTERM and SIGINT end it in order with exit code 0, a second one at once; an error that nobody caught ends it in order with 1. */
export function closeOnSignals(server: Server, log: pino.Logger): void {
  closeWithGrace({ delay: shutdownMs, logger: log }, async ({ signal, err }) => {
    if (err) log.fatal({ err }, 'an error that nobody caught: shutting down')
    else log.info({ signal }, 'shutting down')
    await server.close()
  })
}
