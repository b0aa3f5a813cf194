"""Vectors: the Qdrant client, collections, and the embedded store. The only room that imports qdrant."""
