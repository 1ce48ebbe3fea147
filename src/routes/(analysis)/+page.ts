import { automationClient } from '#lib/automation-client.ts';
import { lifecycleClient } from '#lib/lifecycle-client.ts';
import { hasLifecycle } from '#lib/state/lifecycle.ts';
import { lifecycleAnswers } from './lifecycle-answers.ts';
import { plainAnswers } from './plain-answers.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, url, fetch }) => {
  const { api, question, scope } = await parent();
  const { log } = scope ?? {};
  if (log && hasLifecycle(log)) {
    return {
      title: 'How do our handoffs do?',
      single: true,
      lifecycle: lifecycleAnswers(
        { api, lifecycle: lifecycleClient(fetch), automations: automationClient(fetch) },
        log,
        url.searchParams
      )
    };
  }
  return {
    title: 'How is the work flowing, and where does it wait?',
    plain: question && plainAnswers(api, question)
  };
};
