import { simulateFirm, type FirmOptions, type FirmTruth } from '#sample-logs/firm/simulate.ts';
import type { ExportName, Exports } from '#sample-logs/firm/rows.ts';

/** Everything that a firm emitted, by export. */
export class Simulated {
  readonly truth: FirmTruth;
  readonly #rows = new Map<ExportName, unknown[]>();

  constructor(options: FirmOptions) {
    this.truth = simulateFirm(options, (name, row) => {
      const rows = this.#rows.get(name);
      if (rows) rows.push(row);
      else this.#rows.set(name, [row]);
    });
  }

  all<Name extends ExportName>(name: Name): Exports[Name][] {
    return (this.#rows.get(name) ?? []) as Exports[Name][];
  }

  entries(): [ExportName, unknown[]][] {
    return [...this.#rows];
  }
}
