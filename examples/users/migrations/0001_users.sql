CREATE TABLE users (
    id uuid PRIMARY KEY,
    name varchar(50) NOT NULL,
    email varchar(100) NOT NULL,
    -- In UTC.
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL,
    CONSTRAINT users_email_key UNIQUE (email)
);

-- The order of the list, which is read page by page.
CREATE INDEX users_newest_first ON users (created_at DESC, id DESC);
