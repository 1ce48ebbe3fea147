/** Runs something later; the returned function calls it off. A parameter, so that no test waits. */
export type Timer = (ms: number, run: () => void) => () => void;

/** The clock's own. It keeps no process alive. */
export const realTimer: Timer = (ms, run) => {
  const handle = setTimeout(run, ms);
  handle.unref();
  return () => clearTimeout(handle);
};
