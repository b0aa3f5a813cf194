"""What goes over the wire: pydantic models, made from core types, never the other way round."""
