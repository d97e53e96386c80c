/**
 * At most `max` run at once; the others wait in the order they came, and who waited longer than `waitMs` is sent away with what `late` makes.
 */
export function lineOf(max: number, waitMs: number, late: () => Error) {
  let free = max
  const waiting = new Set<() => void>()
  const enter = () =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(called)
        reject(late())
      }, waitMs)
      const called = () => {
        clearTimeout(timer)
        waiting.delete(called)
        resolve()
      }
      waiting.add(called)
    })

  return async <T>(fn: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1
    else await enter() // whoever leaves hands over the place
    try {
      return await fn()
    } finally {
      const [next] = waiting
      if (next) next()
      else free += 1
    }
  }
}
