import type { HandleClientError } from '@sveltejs/kit';
import { isUnreachable, unreachable } from '#lib/api-client.ts';

/** A page's code or data did not come: the server is away. After an upgrade Kit itself loads the document anew. */
export const handleError: HandleClientError = ({ error, message }) =>
  isUnreachable(error) ? { message: unreachable.title, fix: unreachable.fix } : { message };
