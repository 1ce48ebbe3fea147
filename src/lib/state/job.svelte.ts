import type { ApiClient, Job } from '#lib/api-client.ts';

/**
 * An import as it goes on, by server-sent events until it has ended: it lives in the server, so a page that was loaded
 * again listens again. Create it while a component initialises.
 */
export class FollowedJob {
  newest = $state.raw<Job>();

  /** @param id of the job to follow, null for none */
  constructor(api: ApiClient, id: () => string | null, onfinished: (job: Job) => void) {
    $effect(() => {
      const job = id();
      if (job === null) return;
      let ended = false;
      const source = new EventSource(api.progressAddress(job));
      const take = (now: Job) => {
        if (ended) return;
        this.newest = now;
        if (now.finished_at === undefined) return;
        ended = true;
        source.close();
        onfinished(now);
      };
      source.addEventListener('progress', ({ data }: MessageEvent<string>) => take(JSON.parse(data) as Job));
      // The stream ends with the job, and its last word may not come through: then the job itself says how it went.
      source.addEventListener('error', () => api.job(job).then(take, () => {}));
      return () => {
        ended = true;
        source.close();
      };
    });
  }
}
