-- Runs once, when the data folder is empty. Folio's catalog lives in the database `folio`.
CREATE DATABASE dagster OWNER folio;
