CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name varchar(50) NOT NULL,
    email varchar(100) NOT NULL,
    -- UTC by convention.
    created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    updated_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    CONSTRAINT users_email_key UNIQUE (email)
);

-- The order of the list, which is read page by page.
CREATE INDEX users_newest_first ON users (created_at DESC, id DESC);
