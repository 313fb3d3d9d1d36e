CREATE TABLE articles (
    id uuid PRIMARY KEY,
    name varchar(80) NOT NULL CONSTRAINT articles_name_key UNIQUE,
    in_stock int NOT NULL CONSTRAINT articles_in_stock CHECK (in_stock >= 0)
);

CREATE TABLE orders (
    id uuid PRIMARY KEY,
    article uuid NOT NULL REFERENCES articles,
    quantity int NOT NULL
);
