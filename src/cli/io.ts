/** What a command sees of the process it runs in. */
export type Io = {
  env: Record<string, string | undefined>
  /** To stdout: what was asked for. */
  out(text: string): void
  /** To stderr: everything that is said about it. */
  err(text: string): void
}

/** A failure that needs no stack: its message is a sentence that says what to do. The exit code is 1, or 2 where the command line itself was wrong. */
export class CommandError extends Error {
  readonly exitCode: 1 | 2

  constructor(message: string, options: { cause?: unknown; exitCode?: 1 | 2 } = {}) {
    super(message, { cause: options.cause })
    this.exitCode = options.exitCode ?? 1
  }
}

/** What an error says; anything can be thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
