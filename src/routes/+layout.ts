import { apiClient, type LogSummary, type Status } from '#lib/api-client.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ fetch, data, depends }) => {
  depends('throughline:logs');
  const api = apiClient(fetch);
  try {
    const [logs, status] = await Promise.all([api.logs(), api.status()]);
    return { ...data, api, logs, status, problem: undefined };
  } catch (problem) {
    // Told inside the frame: a failing root would leave the reader with a bare page.
    const nothing: { logs: LogSummary[]; status: Status } = { logs: [], status: { sample: false, used: true } };
    return { ...data, api, ...nothing, problem };
  }
};
