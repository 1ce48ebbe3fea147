/**
 * The schema of the state, step by step. Append-only: a step that was released is never edited. Instants are epoch
 * milliseconds; `…_now` are on the log's time, all others on the clock.
 */
export const migrations: readonly string[] = [
  `
  create table target (
    target_id text primary key, name text not null unique, url text not null,
    secret text not null,
    -- Signs beside the new one for a while, so that a receiver can change over.
    old_secret text, old_secret_until integer,
    -- Calls that may leave in one minute; NULL: any number.
    rate_per_minute integer,
    -- Why nothing is sent there any more; NULL while something is.
    stopped text,
    -- The receiver asked to be left alone until then.
    not_before integer not null default 0,
    created_at integer not null
  ) strict;
  -- Where calls may go. A host on a private network must be allowed as one.
  create table allowed_host (
    host text not null, port integer not null, private integer not null, created_at integer not null,
    primary key (host, port)
  ) strict, without rowid;
  create table policy (
    policy_no integer primary key autoincrement, log_id integer not null, id text not null, definition text not null,
    version integer not null, target_id text references target on delete set null, enabled integer not null default 1,
    created_at integer not null, updated_at integer not null,
    -- The definition that the clocks were judged by, and the log's now when it first was.
    judged text, observed_since_now integer,
    unique (log_id, id)
  ) strict;
  create table log_watch (
    log_id integer primary key, run integer not null, replay text,
    -- What was read last: the newest batch, and a mark of all that verdicts depend on beside the policies.
    batch_no integer, facts_mark text, calendar_mark text, seen_now integer, seen_at integer
  ) strict;
  create table subject (
    policy_no integer not null references policy on delete cascade, subject text not null,
    facts text not null, calendar text, region text, legal_entity text, service_line text,
    -- The log's now from which on time alone changes the verdict.
    next_now integer,
    primary key (policy_no, subject)
  ) strict, without rowid;
  create index subject_due on subject (policy_no, next_now) where next_now is not null;
  create table clock (
    policy_no integer not null, subject text not null, cycle integer not null,
    state text not null, open integer not null, ended text, started_now integer not null, ended_now integer,
    goal_ms integer, elapsed_ms integer not null, due_now integer, breached_now integer, warned_now integer,
    before_observation integer not null, seen_now integer not null,
    acknowledged_at integer, acknowledged_by text,
    primary key (policy_no, subject, cycle),
    foreign key (policy_no, subject) references subject on delete cascade
  ) strict, without rowid;
  create index clock_state on clock (policy_no, state, open);
  -- Every verdict that was ever held, with why it changed: what was believed then, beside what is true now.
  create table change (
    change_no integer primary key autoincrement, policy_no integer not null references policy on delete cascade,
    subject text not null, cycle integer not null, run integer not null, at integer not null, log_now integer not null,
    batch_no integer, cause text not null, from_state text, to_state text, breached_now integer, tz text not null
  ) strict;
  create index change_of on change (policy_no, subject, cycle);
  create table action (
    action_no integer primary key autoincrement, id text not null unique, kind text not null,
    log_id integer not null, run integer not null, policy_no integer, policy text, subject_type text not null,
    subject text not null, cycle integer not null, edge text not null, target_id text not null,
    state text not null, why text, payload text not null, edge_now integer not null, created_at integer not null,
    next_at integer, tries integer not null default 0, withdraw text
  ) strict;
  create unique index action_once on action (policy_no, subject, cycle, edge, run) where kind = 'sla';
  create index action_due on action (target_id, next_at) where state in ('waiting', 'failed');
  create table attempt (
    attempt_no integer primary key autoincrement, action_no integer not null references action on delete cascade,
    at integer not null, ended_at integer, status integer, error text, response text
  ) strict;
  create index attempt_of on attempt (action_no);
  create index attempt_at on attempt (at);
  `,
  `
  -- In the order in which actions leave: the next one is found without looking at all that wait.
  create index action_order on action (next_at, edge_now, action_no) where state in ('waiting', 'failed');
  `
];
