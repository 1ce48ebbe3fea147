import { apiClient } from '#lib/api-client.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ fetch, data, depends }) => {
  depends('throughline:logs');
  const api = apiClient(fetch);
  return { ...data, api, logs: await api.logs() };
};
