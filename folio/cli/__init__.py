"""The command line `folio`. Every module here registers its commands on the one app in `folio.cli.main`."""
