CREATE TABLE orders (id varchar(10) PRIMARY KEY);
