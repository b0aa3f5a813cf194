"""The service under load: real processes, real models, many clients, and documents that change meanwhile."""
