"""Which names are one thing: rules over two names, an index that finds such pairs, and groups that humans may overrule."""
