import { Graphviz } from '@hpcc-js/wasm-graphviz';

export interface LayoutRequest {
  id: number;
  dot: string;
}
export type LayoutAnswer = { id: number; layout: string } | { id: number; error: string };

const loading = Graphviz.load();

self.onmessage = async ({ data: { id, dot } }: MessageEvent<LayoutRequest>) => {
  try {
    const graphviz = await loading;
    self.postMessage({ id, layout: graphviz.layout(dot, 'json', 'dot') } satisfies LayoutAnswer);
  } catch (error) {
    self.postMessage({ id, error: error instanceof Error ? error.message : String(error) } satisfies LayoutAnswer);
  }
};
