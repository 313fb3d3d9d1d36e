-- The answers of routes with `idempotency_key`, each stored by the transaction whose writes it tells of.
CREATE TABLE povery_idempotency (
    -- SHA-256 of the application, the route, the caller and the value of `Idempotency-Key`.
    id bytea PRIMARY KEY,
    -- For people alone.
    app text NOT NULL,
    route text NOT NULL,
    -- SHA-256 of the path, the query, the content type and the body.
    request bytea NOT NULL,
    status smallint NOT NULL,
    headers bytea NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX povery_idempotency_expires_at ON povery_idempotency (expires_at);
