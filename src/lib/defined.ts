type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** An object without the keys whose value is undefined: undefined means absent, null means empty. */
export const definedOnly = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Defined<T>
