import { apiClient, type LogSummary } from '#lib/api-client.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ fetch, data, depends }) => {
  depends('throughline:logs');
  const api = apiClient(fetch);
  try {
    return { ...data, api, logs: await api.logs(), problem: undefined };
  } catch (problem) {
    // Told inside the frame: a failing root would leave the reader with a bare page.
    return { ...data, api, logs: [] as LogSummary[], problem };
  }
};
