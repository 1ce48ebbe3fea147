import { fromGraphvizJson, toDot, type DotOptions, type MapLayout } from '#dashboards/boards/process-map-dot.ts';
import type { ReducedGraph } from '#dashboards/boards/process-map.ts';
import type { LayoutAnswer, LayoutRequest } from './graphviz.worker.ts';

/** Graphviz in its own thread. Only the newest request is answered; a superseded one stays pending for good. */
export class LayoutEngine {
  readonly #worker = new Worker(new URL('./graphviz.worker.ts', import.meta.url), { type: 'module' });
  #newest = 0;

  place(graph: ReducedGraph, options: DotOptions): Promise<MapLayout> {
    const id = ++this.#newest;
    return new Promise((resolve, reject) => {
      const listen = ({ data }: MessageEvent<LayoutAnswer>) => {
        if (data.id !== id) return;
        this.#worker.removeEventListener('message', listen);
        if (id !== this.#newest) return;
        if ('error' in data) reject(new Error(`The map could not be laid out: ${data.error}`));
        else resolve(fromGraphvizJson(data.layout, graph));
      };
      this.#worker.addEventListener('message', listen);
      this.#worker.postMessage({ id, dot: toDot(graph, options) } satisfies LayoutRequest);
    });
  }

  close(): void {
    this.#worker.terminate();
  }
}
