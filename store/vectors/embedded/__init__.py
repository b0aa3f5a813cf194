"""The embedded vector store: the part of Qdrant's REST API that Folio uses, over Qdrant Edge."""
