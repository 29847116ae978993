-- The two logins and the database, made by the superuser at the first start of an empty server.
-- `berceau_owner` makes the tables and the services' role; `berceau` is what the services log in
-- as, and can do only what the migrations grant it; `berceau migrate` makes the console's login.
-- psql runs this file, and reads the passwords.
\set ON_ERROR_STOP on
\set owner_password `cat "${SECRETS:-/run/secrets}/owner_password"`
\set services_password `cat "${SECRETS:-/run/secrets}/services_password"`
CREATE ROLE berceau_owner LOGIN CREATEROLE PASSWORD :'owner_password';
CREATE ROLE berceau LOGIN NOCREATEROLE PASSWORD :'services_password';
CREATE DATABASE berceau OWNER berceau_owner;
REVOKE CONNECT ON DATABASE berceau FROM PUBLIC;
GRANT CONNECT ON DATABASE berceau TO berceau;
