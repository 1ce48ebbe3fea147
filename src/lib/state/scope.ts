import type { LogSummary, ViewSummary } from '#lib/api-client.ts';
import type { Clause, Filter } from '#models/filter/filter.ts';
import { filterFromParams, filterToParams } from '#models/filter/url.ts';

/** What every analysis page is about: one view of one log, narrowed by a filter. All of it stands in the address. */
export interface Scope {
  log: LogSummary;
  view: ViewSummary;
  filter: Filter;
}

type Changes = Record<string, string | string[] | null>;

/** @returns null when there is no such log or view, or no log at all */
export function readScope(logs: LogSummary[], params: URLSearchParams): Scope | null {
  const wanted = params.get('log');
  const log = wanted === null ? logs[0] : logs.find(({ name }) => name === wanted);
  const viewName = params.get('view') ?? log?.default_view;
  const view = log?.views.find(({ name }) => name === viewName);
  return log && view ? { log, view, filter: filterFromParams(params) } : null;
}

/** What pages about the lifecycle are narrowed to; the others keep it for the way back. */
const narrowing = ['months', 'by', 'region', 'legal_entity', 'service_line'];

/** Another page on the same log, view and filter, and narrowed to the same. */
export function placeLink(url: URL, path: string, changes: Changes = {}): string {
  const params = new URLSearchParams();
  for (const key of ['log', 'view', 'f', ...narrowing])
    for (const value of url.searchParams.getAll(key)) params.append(key, value);
  return written(path, params, changes);
}

/** The same page with another filter. */
export function filterLink(url: URL, filter: Filter): string {
  const params = new URLSearchParams(url.searchParams);
  return written(url.pathname, withFilter(params, filter), {});
}

/** The cases behind a number: this log and view, this filter and what the number adds to it. */
export function casesLink(url: URL, filter: Filter, ...narrowing: Clause[]): string {
  const params = new URLSearchParams();
  for (const key of ['log', 'view']) for (const value of url.searchParams.getAll(key)) params.append(key, value);
  return written('/cases', withFilter(params, [...filter, ...narrowing]), {});
}

/** The same address with some parameters set, or removed when null. */
export function sameLink(url: URL, changes: Changes): string {
  return written(url.pathname, new URLSearchParams(url.searchParams), changes);
}

function withFilter(params: URLSearchParams, filter: Filter): URLSearchParams {
  params.delete('f');
  for (const value of filterToParams(filter)) params.append('f', value);
  return params;
}

function written(path: string, params: URLSearchParams, changes: Changes): string {
  for (const [key, value] of Object.entries(changes)) {
    params.delete(key);
    for (const one of value === null ? [] : [value].flat()) params.append(key, one);
  }
  const query = params.toString();
  return query ? `${path}?${query}` : path;
}
