CREATE TABLE IF NOT EXISTS people (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    email TEXT NOT NULL,
    roles TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1,
    position INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS grades (
    user_id TEXT NOT NULL REFERENCES people (id),
    activity_id TEXT NOT NULL,
    score REAL NOT NULL,
    graded_at TEXT NOT NULL,
    PRIMARY KEY (user_id, activity_id)
);

CREATE TABLE IF NOT EXISTS completions (
    user_id TEXT NOT NULL REFERENCES people (id),
    activity_id TEXT NOT NULL,
    completed_at TEXT NOT NULL,
    PRIMARY KEY (user_id, activity_id)
);

CREATE TABLE IF NOT EXISTS submissions (
    user_id TEXT NOT NULL REFERENCES people (id),
    activity_id TEXT NOT NULL,
    text TEXT NOT NULL,
    submitted_at TEXT NOT NULL,
    PRIMARY KEY (user_id, activity_id)
);

CREATE TABLE IF NOT EXISTS registrations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL CHECK (state IN ('open', 'pending', 'active')),
    registration_url TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    token_expires_at TEXT NOT NULL,
    client_id TEXT UNIQUE,
    metadata TEXT NOT NULL DEFAULT '{}',
    webhook_url TEXT NOT NULL DEFAULT '',
    webhook_secret TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS links (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    registration_id INTEGER NOT NULL REFERENCES registrations (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    url TEXT NOT NULL,
    custom TEXT NOT NULL,
    created_at TEXT NOT NULL
);

-- Of earlier versions; what it held was good for ten minutes.
DROP TABLE IF EXISTS launch_hints;

CREATE TABLE IF NOT EXISTS begun_launches (
    hint TEXT PRIMARY KEY,
    registration_id INTEGER NOT NULL REFERENCES registrations (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES people (id),
    message_type TEXT NOT NULL,
    resource_link_id TEXT NOT NULL,
    target_link_uri TEXT NOT NULL,
    document_target TEXT NOT NULL,
    context_id TEXT NOT NULL,
    expires_at TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS course_copies (
    number INTEGER PRIMARY KEY,
    context_id TEXT NOT NULL UNIQUE
);

CREATE TABLE IF NOT EXISTS deep_linking_requests (
    data TEXT PRIMARY KEY,
    registration_id INTEGER NOT NULL REFERENCES registrations (id) ON DELETE CASCADE,
    expires_at TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS access_tokens (
    token_hash TEXT PRIMARY KEY,
    registration_id INTEGER NOT NULL REFERENCES registrations (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    expires_at TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS seen_identifiers (
    registration_id INTEGER NOT NULL REFERENCES registrations (id) ON DELETE CASCADE,
    identifier TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    PRIMARY KEY (registration_id, identifier)
);

CREATE TABLE IF NOT EXISTS line_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    registration_id INTEGER NOT NULL REFERENCES registrations (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    maximum REAL NOT NULL,
    resource_id TEXT NOT NULL,
    tag TEXT NOT NULL,
    resource_link_id TEXT NOT NULL,
    extra TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS tool_scores (
    line_item_id INTEGER NOT NULL REFERENCES line_items (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES people (id),
    score REAL,
    comment TEXT NOT NULL,
    timestamp TEXT NOT NULL,
    PRIMARY KEY (line_item_id, user_id)
);

CREATE TABLE IF NOT EXISTS tool_submissions (
    line_item_id INTEGER NOT NULL REFERENCES line_items (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES people (id),
    attempts INTEGER NOT NULL,
    PRIMARY KEY (line_item_id, user_id)
);

CREATE TABLE IF NOT EXISTS notice_handlers (
    registration_id INTEGER NOT NULL REFERENCES registrations (id) ON DELETE CASCADE,
    notice_type TEXT NOT NULL,
    handler TEXT NOT NULL,
    PRIMARY KEY (registration_id, notice_type)
);

CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES people (id),
    target TEXT NOT NULL,
    given REAL,
    maximum REAL,
    completed INTEGER
);

CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_seq INTEGER NOT NULL REFERENCES events (seq),
    registration_id INTEGER NOT NULL REFERENCES registrations (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at TEXT NOT NULL,
    give_up_at TEXT NOT NULL,
    last_status INTEGER,
    last_error TEXT NOT NULL DEFAULT '',
    finished_at TEXT,
    UNIQUE (event_seq, registration_id)
);

CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due_at);

CREATE TABLE IF NOT EXISTS streams (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    url TEXT NOT NULL,
    format TEXT NOT NULL CHECK (format IN ('canvas', 'caliper')),
    is_signed INTEGER NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS stream_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream_id INTEGER NOT NULL REFERENCES streams (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'lost')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at TEXT NOT NULL,
    last_status INTEGER
);

CREATE INDEX IF NOT EXISTS stream_events_due ON stream_events (state, due_at);
CREATE TABLE IF NOT EXISTS api_keys (
    client_id TEXT PRIMARY KEY,
    secret TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scopes TEXT NOT NULL,
    includes INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS api_tokens (
    token_hash TEXT PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES api_keys (client_id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('code', 'access', 'refresh')),
    user_id TEXT NOT NULL REFERENCES people (id),
    scopes TEXT NOT NULL,
    expires_at TEXT
);

CREATE TABLE IF NOT EXISTS api_faults (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    retry_after TEXT NOT NULL
);

-- A grade without a row here is posted with being given; one whose time is missing is hidden.
CREATE TABLE IF NOT EXISTS posted_grades (
    user_id TEXT NOT NULL REFERENCES people (id),
    activity_id TEXT NOT NULL,
    posted_at TEXT,
    PRIMARY KEY (user_id, activity_id)
);
