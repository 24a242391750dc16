-- Instants are integer milliseconds since the epoch, UTC. A column `doc` is accepted JSON and is never queried into.
-- Tables keep their rowid; the random ids of AWS's form are unique indexes, since clustering on them halves the write rate.
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE accounts(account TEXT PRIMARY KEY, alias TEXT UNIQUE, quotas TEXT NOT NULL, iam_version INTEGER NOT NULL DEFAULT 0, created_ms INTEGER NOT NULL);

CREATE TABLE access_keys(key_id TEXT PRIMARY KEY, account TEXT NOT NULL, user_id TEXT NOT NULL, status TEXT NOT NULL,
  secret_ct BLOB NOT NULL, master_kid TEXT NOT NULL, created_ms INTEGER NOT NULL, last_used_ms INTEGER, last_used_region TEXT, last_used_service TEXT);
CREATE INDEX access_keys_user ON access_keys(user_id);

CREATE TABLE iam_users(account TEXT NOT NULL, name_lower TEXT NOT NULL, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, path TEXT NOT NULL,
  boundary_arn TEXT, created_ms INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1, UNIQUE(account, name_lower));
CREATE TABLE iam_groups(account TEXT NOT NULL, name_lower TEXT NOT NULL, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, path TEXT NOT NULL,
  created_ms INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1, UNIQUE(account, name_lower));
CREATE TABLE iam_roles(account TEXT NOT NULL, name_lower TEXT NOT NULL, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, path TEXT NOT NULL,
  boundary_arn TEXT, trust TEXT NOT NULL, description TEXT, max_session_s INTEGER NOT NULL, created_ms INTEGER NOT NULL, version INTEGER NOT NULL DEFAULT 1, UNIQUE(account, name_lower));
CREATE TABLE iam_members(group_id TEXT NOT NULL, user_id TEXT NOT NULL, UNIQUE(group_id, user_id));
CREATE INDEX iam_members_user ON iam_members(user_id);
CREATE TABLE iam_policies(account TEXT NOT NULL, name_lower TEXT NOT NULL, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, path TEXT NOT NULL,
  default_n INTEGER NOT NULL, next_n INTEGER NOT NULL, description TEXT, created_ms INTEGER NOT NULL, modified_ms INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 1, UNIQUE(account, name_lower));
CREATE TABLE iam_policy_versions(policy_id TEXT NOT NULL, n INTEGER NOT NULL, document TEXT NOT NULL, created_ms INTEGER NOT NULL, UNIQUE(policy_id, n));
CREATE TABLE iam_attachments(account TEXT NOT NULL, principal_id TEXT NOT NULL, policy_arn TEXT NOT NULL, UNIQUE(principal_id, policy_arn));
CREATE INDEX iam_attachments_policy ON iam_attachments(account, policy_arn);
CREATE TABLE iam_inline(principal_id TEXT NOT NULL, name_lower TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, UNIQUE(principal_id, name_lower));

CREATE TABLE tags(account TEXT NOT NULL, region TEXT NOT NULL, kind TEXT NOT NULL, resource_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
  UNIQUE(account, region, kind, resource_id, key));
CREATE INDEX tags_by_value ON tags(account, region, kind, key, value);

CREATE TABLE client_tokens(account TEXT NOT NULL, region TEXT NOT NULL, operation TEXT NOT NULL, scope TEXT NOT NULL, token TEXT NOT NULL,
  request_hash TEXT NOT NULL, result TEXT NOT NULL, expires_ms INTEGER NOT NULL, UNIQUE(account, region, operation, scope, token));
CREATE INDEX client_tokens_expiry ON client_tokens(expires_ms);

-- the sequence numbers are the order of creation, by which definitions are listed and targets run; none is ever used twice
CREATE TABLE windows(seq INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL, window_id TEXT NOT NULL, name TEXT NOT NULL, enabled INTEGER NOT NULL,
  next_ms INTEGER, held_ms INTEGER, doc TEXT NOT NULL, schedule_set_ms INTEGER NOT NULL, created_ms INTEGER NOT NULL, modified_ms INTEGER NOT NULL,
  version INTEGER NOT NULL DEFAULT 1, UNIQUE(account, region, window_id));
CREATE INDEX windows_due ON windows(next_ms) WHERE next_ms IS NOT NULL;
CREATE INDEX windows_held ON windows(held_ms) WHERE held_ms IS NOT NULL;
CREATE INDEX windows_by_name ON windows(account, region, name);
CREATE INDEX windows_by_seq ON windows(account, region, seq);
CREATE INDEX windows_opening ON windows(account, region, next_ms, seq) WHERE next_ms IS NOT NULL;
CREATE TABLE window_targets(seq INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL, window_id TEXT NOT NULL, target_id TEXT NOT NULL,
  doc TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 1, UNIQUE(account, region, window_id, target_id));
CREATE TABLE window_tasks(seq INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, region TEXT NOT NULL, window_id TEXT NOT NULL, task_id TEXT NOT NULL,
  priority INTEGER NOT NULL, role_arn TEXT, doc TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 1, UNIQUE(account, region, window_id, task_id));

CREATE TABLE executions(account TEXT NOT NULL, region TEXT NOT NULL, execution_id TEXT NOT NULL, window_id TEXT NOT NULL, cause TEXT NOT NULL,
  occurrence_ms INTEGER NOT NULL, status TEXT NOT NULL, details TEXT, start_ms INTEGER, end_ms INTEGER, cutoff_ms INTEGER NOT NULL,
  close_ms INTEGER NOT NULL, cancel_ms INTEGER, snapshot TEXT NOT NULL, queued INTEGER NOT NULL DEFAULT 0, wake_ms INTEGER, final INTEGER NOT NULL DEFAULT 0,
  window_deleted INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 1,
  UNIQUE(account, region, execution_id), UNIQUE(account, region, window_id, cause));
-- an execution that waits to start is listed by the instant that it was due at
CREATE INDEX executions_by_start ON executions(account, region, window_id, coalesce(start_ms, occurrence_ms) DESC, execution_id DESC);
CREATE UNIQUE INDEX executions_by_id ON executions(execution_id);
CREATE INDEX executions_wake ON executions(wake_ms) WHERE wake_ms IS NOT NULL;
CREATE INDEX executions_open ON executions(account, region, window_id) WHERE final = 0;
CREATE INDEX executions_ended ON executions(end_ms) WHERE final = 1;
CREATE TABLE task_executions(execution_id TEXT NOT NULL, task_execution_id TEXT NOT NULL UNIQUE, ordinal INTEGER NOT NULL, task_id TEXT NOT NULL,
  priority INTEGER NOT NULL, status TEXT NOT NULL, details TEXT, start_ms INTEGER, end_ms INTEGER, cut_off INTEGER NOT NULL DEFAULT 0, doc TEXT NOT NULL);
CREATE INDEX task_executions_of ON task_executions(execution_id, ordinal);
CREATE TABLE invocations(task_execution_id TEXT NOT NULL, invocation_id TEXT NOT NULL UNIQUE, execution_id TEXT NOT NULL, ordinal INTEGER NOT NULL,
  target_id TEXT, command_id TEXT, status TEXT NOT NULL, details TEXT, start_ms INTEGER, end_ms INTEGER, parameters TEXT, doc TEXT NOT NULL);
CREATE INDEX invocations_of ON invocations(execution_id, task_execution_id, ordinal);
CREATE INDEX invocations_command ON invocations(command_id);

CREATE TABLE commands(account TEXT NOT NULL, region TEXT NOT NULL, command_id TEXT NOT NULL, requested_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL,
  status TEXT NOT NULL, details TEXT NOT NULL, targets INTEGER NOT NULL, completed INTEGER NOT NULL, errors INTEGER NOT NULL, not_delivered INTEGER NOT NULL,
  progress TEXT NOT NULL, caller_arn TEXT NOT NULL, invocation_id TEXT, document TEXT NOT NULL, doc TEXT NOT NULL, payload TEXT NOT NULL,
  final INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 1, UNIQUE(account, region, command_id));
CREATE UNIQUE INDEX commands_by_id ON commands(command_id);
CREATE INDEX commands_ended ON commands(requested_ms) WHERE final = 1;
CREATE INDEX commands_by_time ON commands(account, region, requested_ms DESC, command_id DESC);
-- a status is never stored: it follows from these facts; outcome is null until the command has ended on the node
CREATE TABLE command_invocations(command_id TEXT NOT NULL, node_id TEXT NOT NULL, ordinal INTEGER NOT NULL, outcome INTEGER,
  sent_ms INTEGER, acked_ms INTEGER, cancel_ms INTEGER, deadline_ms INTEGER, end_ms INTEGER, trace TEXT, UNIQUE(command_id, node_id));
CREATE UNIQUE INDEX command_invocations_order ON command_invocations(command_id, ordinal);
CREATE INDEX command_invocations_unsent ON command_invocations(command_id, ordinal) WHERE sent_ms IS NULL AND outcome IS NULL;
CREATE INDEX command_invocations_node ON command_invocations(node_id, command_id);
CREATE INDEX command_invocations_open ON command_invocations(node_id) WHERE outcome IS NULL;
CREATE INDEX command_invocations_deadline ON command_invocations(deadline_ms) WHERE outcome IS NULL AND deadline_ms IS NOT NULL;
-- large outputs stand apart, so that looking over statuses stays cheap
CREATE TABLE command_outputs(command_id TEXT NOT NULL, node_id TEXT NOT NULL, plugins BLOB NOT NULL, UNIQUE(command_id, node_id));
-- payload null: the command's own, which is the same for every node; visible_ms null: not handed out any more
CREATE TABLE node_messages(seq INTEGER PRIMARY KEY AUTOINCREMENT, node_id TEXT NOT NULL, message_id TEXT NOT NULL UNIQUE, command_id TEXT NOT NULL,
  payload TEXT, visible_ms INTEGER, first_out_ms INTEGER, acked_ms INTEGER);
CREATE INDEX node_messages_of ON node_messages(node_id, seq);
CREATE INDEX node_messages_again ON node_messages(visible_ms) WHERE first_out_ms IS NOT NULL AND acked_ms IS NULL AND visible_ms IS NOT NULL;
CREATE TABLE replies(message_id TEXT NOT NULL, reply_id TEXT NOT NULL, at_ms INTEGER NOT NULL, UNIQUE(message_id, reply_id));
CREATE INDEX replies_at ON replies(at_ms);

CREATE TABLE nodes(account TEXT NOT NULL, region TEXT NOT NULL, node_id TEXT NOT NULL UNIQUE, public_key TEXT NOT NULL, key_hash TEXT NOT NULL UNIQUE,
  fingerprint TEXT, activation_id TEXT NOT NULL, role_name TEXT NOT NULL, name TEXT, doc TEXT NOT NULL, registered_ms INTEGER NOT NULL,
  last_seen_ms INTEGER, version INTEGER NOT NULL DEFAULT 1, UNIQUE(account, region, node_id));
CREATE INDEX nodes_activation ON nodes(activation_id);
CREATE INDEX nodes_in_order ON nodes(account, region, registered_ms, node_id);
CREATE TABLE activations(activation_id TEXT NOT NULL UNIQUE, account TEXT NOT NULL, region TEXT NOT NULL, code_hash TEXT NOT NULL, role TEXT NOT NULL,
  used INTEGER NOT NULL DEFAULT 0, max_uses INTEGER NOT NULL, expires_ms INTEGER NOT NULL, created_ms INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE INDEX activations_of ON activations(account, region, created_ms);

CREATE TABLE outbox(seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, effect_key TEXT NOT NULL UNIQUE, due_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, claimed_until INTEGER, payload TEXT NOT NULL);

CREATE TABLE audit(seq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, principal TEXT NOT NULL,
  action TEXT NOT NULL, resources TEXT NOT NULL, decision TEXT NOT NULL, decided_by TEXT, request_id TEXT NOT NULL, source TEXT, doc TEXT,
  doc_hash BLOB NOT NULL, hash BLOB NOT NULL);
CREATE INDEX audit_by_time ON audit(account, at_ms);
CREATE INDEX audit_with_doc ON audit(at_ms) WHERE doc IS NOT NULL;
CREATE INDEX audit_by_action ON audit(account, action, at_ms);
-- the trail is written once: only retention may drop a row's doc, and it keeps sequence number and hash
CREATE TRIGGER audit_keeps_rows BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted'); END;
CREATE TRIGGER audit_keeps_values BEFORE UPDATE ON audit WHEN NEW.doc IS NOT NULL OR NEW.seq <> OLD.seq OR NEW.at_ms <> OLD.at_ms
  OR NEW.account <> OLD.account OR NEW.region <> OLD.region OR NEW.principal <> OLD.principal OR NEW.action <> OLD.action
  OR NEW.resources <> OLD.resources OR NEW.decision <> OLD.decision OR NEW.decided_by IS NOT OLD.decided_by
  OR NEW.request_id <> OLD.request_id OR NEW.source IS NOT OLD.source OR NEW.hash <> OLD.hash OR NEW.doc_hash <> OLD.doc_hash
  BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;

CREATE TABLE leases(share INTEGER PRIMARY KEY, owner TEXT NOT NULL, until_ms INTEGER NOT NULL);
