import type { Handle } from '@sveltejs/kit';

const themes = ['light', 'dark', 'system'] as const;

/** The Host, Origin and Sec-Fetch-Site checks stand before this, in the server that mounts Kit. */
export const handle: Handle = async ({ event, resolve }) => {
  event.locals.theme = themes.find((theme) => theme === event.cookies.get('theme')) ?? 'system';
  const response = await resolve(event, {
    transformPageChunk: ({ html }) =>
      html.replace('%throughline.lang%', 'en').replace('%throughline.theme%', event.locals.theme)
  });
  if (!response.headers.has('X-Content-Type-Options')) response.headers.set('X-Content-Type-Options', 'nosniff');
  response.headers.set('Referrer-Policy', 'same-origin');
  response.headers.set('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
  response.headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  return response;
};
