import { error, type RequestHandler } from '@sveltejs/kit';

interface Services {
  api: { fetch(request: Request): Response | Promise<Response> };
}

/** The composition root (src/lib/server/start.ts) puts the services here, so that the web bundle holds no engine. */
const services = () => (globalThis as { [key: symbol]: Services | undefined })[Symbol.for('throughline')];

const answer: RequestHandler = ({ request }) => {
  const running = services();
  if (!running) {
    error(503, {
      message: 'The store is not open.',
      fix: 'Start the server with `npm start` or `npx throughline serve`.'
    });
  }
  return running.api.fetch(request);
};

export { answer as fallback, answer as GET, answer as POST };
